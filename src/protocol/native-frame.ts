import type { Position } from './position.js';
import type { RunEvent, RunEventType } from './run-event.js';
import type { RunSnapshot } from './run-snapshot.js';

/** The data that follows a run's terminal frame. It has no id and is not an event. */
export const DONE = '[DONE]';

/** The position that an event stands at, or that a snapshot stands for: the SSE id of its frame. */
export function positionOf(event: RunEvent | RunSnapshot): Position {
  const seq = event.type === 'run.snapshot' ? event.through_seq : event.seq;
  return { run_id: event.run_id, epoch: event.epoch, seq };
}

/**
 * The `type` of each frame that has one. Events that are not here are always written in a shape of the seed without a `type`: a
 * chunk, a tool message, an error, or the end of a design. `usage` of scope `run` is a chunk too.
 */
export const typedFrames = {
  'run.created': 'run_created',
  'run.started': 'run_started',
  'run.suspended': 'run_suspended',
  'run.completed': 'run_completed',
  'run.cancelled': 'run_cancelled',
  'step.started': 'step_started',
  'step.reset': 'step_reset',
  'message.started': 'message_started',
  'message.ended': 'message_ended',
  'text.started': 'text_started',
  'text.ended': 'text_ended',
  'text.logprobs': 'text_logprobs',
  'reasoning.started': 'reasoning_started',
  'reasoning.ended': 'reasoning_ended',
  'tool_call.ready': 'tool_call_ready',
  'tool_call.invalid': 'tool_call_invalid',
  'tool.progress': 'tool_progress',
  'node.started': 'node_start',
  'node.ended': 'node_end',
  usage: 'usage',
  'approval.required': 'approval_required',
  'approval.resolved': 'approval_resolved',
  'conversation.created': 'conversation_created',
  'conversation.titled': 'conversation_titled',
  'conversation.compacted': 'conversation_compacted',
  warning: 'warning',
} as const satisfies Partial<Record<RunEventType, string>>;

export type TypedEventType = keyof typeof typedFrames;

/** The `type` of `run.completed` when it carries the result and the chain of a graph: the seed's own frame. */
export const GRAPH_COMPLETE = 'graph_complete';
export const SNAPSHOT = 'run_snapshot';

/** Keys that the seed's front end tests before anything else, and so must not meet on frames of another kind. */
export const forbiddenOnUntyped = ['type', 'error', 'completion', 'incomplete'] as const;
export const forbiddenOnTyped = ['error', 'completion', 'incomplete', 'choices', 'role'] as const;
