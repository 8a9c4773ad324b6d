import type { ModelToolCall } from '../model/model-client.js';
import type { NodePart, RunPart, RunState, StepState, ToolCallPart } from '../protocol/run-state.js';
import { usageOf } from '../run/run-usage.js';
import type { StoredMessage, StoredNode } from './stored-message.js';

/**
 * What a run said, as stored messages: each step's assistant message, then the results of its tool calls in the order of the
 * calls. Works at any moment of a run, so a stopped or failed answer is stored in the same way as a whole one. A call that is still
 * open is left out; one that was handed over to the client has its result in the turn that follows.
 */
export function messagesOfRun(state: RunState): StoredMessage[] {
  return [...messagesOfSteps(state, state.steps), ...endOfDesign(state)];
}

/** What one node of a run said itself, without the nodes inside of it; without an id, what the run said outside of all nodes. */
export function messagesOfNode(state: RunState, nodeRunId?: string): StoredMessage[] {
  const steps = state.steps.filter(({ node_run_id }) => node_run_id === nodeRunId);
  return [...messagesOfSteps(state, steps), ...(nodeRunId === undefined ? endOfDesign(state) : [])];
}

/** What was said last; empty when that was nothing. */
export function lastText(messages: readonly StoredMessage[]): string {
  return messages.findLast(({ role, content }) => role === 'assistant' && content !== '')?.content ?? '';
}

/** No model says how the design of a graph ended; it is said all the same. */
function endOfDesign({ design }: RunState): StoredMessage[] {
  return design ? [{ role: 'assistant', content: design.message }] : [];
}

/** The nodes of a run, as stored ones. One that has no end yet is cancelled. */
export function nodesOfRun(state: RunState): StoredNode[] {
  const steps = Map.groupBy(state.steps, ({ node_run_id }) => node_run_id);
  return state.parts
    .filter((part): part is NodePart => part.kind === 'node')
    .map(({ node_run_id, node_name, level, parent_node_run_id, tool_call_id, status, duration_ms }) => {
      const usage = usageOf({ steps: steps.get(node_run_id) ?? [] });
      return {
        node_run_id,
        node_name,
        level,
        ...(parent_node_run_id !== undefined && { parent_node_run_id }),
        ...(tool_call_id !== undefined && { tool_call_id }),
        status: status ?? 'cancelled',
        duration_ms: duration_ms ?? 0,
        ...(usage && { usage }),
      };
    });
}

function messagesOfSteps(state: RunState, steps: readonly StepState[]): StoredMessage[] {
  const parts = Map.groupBy(
    state.parts.filter((part) => part.kind !== 'node'),
    ({ step_id }) => step_id,
  );
  return steps.flatMap(({ step_id, node_run_id }) =>
    messagesOfStep(parts.get(step_id) ?? [], node_run_id === undefined ? {} : { node_run_id }),
  );
}

function messagesOfStep(
  parts: readonly Exclude<RunPart, NodePart>[],
  inNode: { node_run_id?: string },
): StoredMessage[] {
  const text = (kinds: string[]) =>
    parts.map((part) => ('text' in part && kinds.includes(part.kind) ? part.text : '')).join('');
  const reasoning = text(['reasoning']);
  const content = text(['text', 'refusal']);
  const calls = parts
    .filter(
      (part): part is ToolCallPart =>
        part.kind === 'tool_call' && (part.result !== undefined || isHandedOver(part)),
    )
    .sort((a, b) => a.index - b.index);

  if (content === '' && reasoning === '' && calls.length === 0) return [];
  return [
    {
      role: 'assistant',
      ...(reasoning !== '' && { reasoning_content: reasoning }),
      content,
      ...(calls.length > 0 && { tool_calls: calls.map(asToolCall) }),
      ...inNode,
    },
    ...calls.flatMap(({ tool_call_id, result }): StoredMessage[] =>
      result
        ? [{ role: 'tool', tool_call_id, content: result.content, status: result.status, ...inNode }]
        : [],
    ),
  ];
}

function isHandedOver({ executor, ended }: ToolCallPart): boolean {
  return executor === 'client' && ended;
}

/** The arguments are kept as the model wrote them, also where they are not JSON: that is what happened. */
function asToolCall(call: ToolCallPart): ModelToolCall {
  return { id: call.tool_call_id, type: 'function', function: { name: call.name, arguments: call.args } };
}
