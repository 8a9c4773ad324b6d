import { randomUUID } from 'node:crypto';
import type { RunEventBody } from '../protocol/run-event.js';
import type { NodePart, RunState, ToolCallPart } from '../protocol/run-state.js';

/**
 * The events that close what a run has left open, to be written before its terminal event: each part its end, each tool call
 * exactly one outcome, each node its end. `why` tells a cancelled call from one whose outcome nobody knows.
 */
export function closeOpenParts(state: RunState, why: 'cancelled' | 'unknown'): RunEventBody[] {
  return [...textEnds(state), ...messageEnds(state), ...toolOutcomes(state, why), ...nodeEnds(state, why)];
}

/** The calls that have no outcome yet. A call that was handed over to the client has its outcome there. */
export function openToolCalls(state: RunState): ToolCallPart[] {
  return state.parts.filter((part): part is ToolCallPart => part.kind === 'tool_call' && !part.ended);
}

function textEnds(state: RunState): RunEventBody[] {
  return state.parts.flatMap((part): RunEventBody[] => {
    if ((part.kind !== 'text' && part.kind !== 'reasoning') || part.ended) return [];
    const { part_id, step_id, node_run_id } = part;
    return [{ type: part.kind === 'text' ? 'text.ended' : 'reasoning.ended', part_id, step_id, node_run_id }];
  });
}

function messageEnds(state: RunState): RunEventBody[] {
  return state.steps.flatMap(({ step_id, node_run_id, message_id, message_ended }): RunEventBody[] =>
    message_id === undefined || message_ended
      ? []
      : [{ type: 'message.ended', message_id, step_id, node_run_id }],
  );
}

function toolOutcomes(state: RunState, why: 'cancelled' | 'unknown'): RunEventBody[] {
  const content =
    why === 'cancelled'
      ? 'The call was cancelled.'
      : 'The call did not end; whether it took effect is not known.';
  return openToolCalls(state).map(({ tool_call_id, step_id, node_run_id }) => ({
    type: 'tool_result',
    tool_call_id,
    step_id,
    node_run_id,
    result_message_id: `msg_${randomUUID()}`,
    status: why,
    content,
    duration_ms: 0,
  }));
}

function nodeEnds(state: RunState, why: 'cancelled' | 'unknown'): RunEventBody[] {
  const open = state.parts.filter((part): part is NodePart => part.kind === 'node' && !part.ended);
  return open.reverse().map(({ node_run_id, node_name }) => ({
    type: 'node.ended',
    node_run_id,
    node_name,
    status: why === 'cancelled' ? 'cancelled' : 'error',
    duration_ms: 0,
  }));
}
