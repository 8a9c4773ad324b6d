import type {
  DesignFault,
  DesignReason,
  EventOf,
  FinishReason,
  NodeStatus,
  RunEventType,
  RunFinishReason,
  RunMode,
  TokenLogprob,
  ToolStatus,
} from './run-event.js';
import type { Check, Members } from './shape.js';
import { count, finite, flag, id, listOf, objectOf, oneOf, optional, ordinal, text } from './shape.js';

type Json = EventOf<'tool_call.ready'>['input'];
/** What was read by JSON.parse is JSON; only its absence is to be found. */
const json: Check<Json> = (value): value is Json => value !== undefined;

export const modes = oneOf<RunMode>({ chat: true, graph: true, agent: true });
export const finishReasons = oneOf<FinishReason>({
  stop: true,
  length: true,
  tool_calls: true,
  content_filter: true,
  function_call: true,
});
export const runFinishReasons = oneOf<RunFinishReason>({
  stop: true,
  length: true,
  tool_calls: true,
  content_filter: true,
  max_iterations: true,
});
export const toolStatuses = oneOf<ToolStatus>({
  ok: true,
  error: true,
  denied: true,
  cancelled: true,
  unknown: true,
});
export const nodeStatuses = oneOf<NodeStatus>({
  ok: true,
  error: true,
  skipped: true,
  cancelled: true,
  suspended: true,
});
export const compactTypes = oneOf<EventOf<'conversation.compacted'>['compact_type']>({
  brutal: true,
  precise: true,
});
export const designReasons = oneOf<DesignReason>({ missing: true, invalid: true, exists: true });
const textOrNull: Check<string | null> = (value): value is string | null => value === null || text(value);
export const designFaults = listOf(
  objectOf<DesignFault>({ type: id, loc: listOf(text), msg: text, node: textOrNull }),
);
export const executors = oneOf<EventOf<'tool_call.started'>['executor']>({
  server: true,
  client: true,
  provider: true,
});
export const cancellers = oneOf<EventOf<'run.cancelled'>['by']>({
  user: true,
  disconnect: true,
  deadline: true,
  shutdown: true,
});
export const decisions = oneOf<EventOf<'approval.resolved'>['decision']>({
  approved: true,
  denied: true,
  expired: true,
  cancelled: true,
});
export const stoppedWork = objectOf<EventOf<'run.cancelled'>['stopped']>({
  model: flag,
  tool_call_ids: listOf(id),
});
export const keptWork = objectOf<EventOf<'run.cancelled'>['kept']>({
  characters: count,
  tool_results: count,
});

const numbers: Check<number[] | null> = (value): value is number[] | null =>
  value === null || listOf(count)(value);
const tokenChance = { token: text, logprob: finite, bytes: numbers };
export const tokenLogprobs = listOf(
  objectOf<TokenLogprob>({
    ...tokenChance,
    top_logprobs: listOf(objectOf<TokenLogprob['top_logprobs'][number]>(tokenChance)),
  }),
);

const inNode = { node_run_id: optional(id) };
const inStep = { step_id: id, ...inNode };
const at = { ts: count };
const failure = {
  code: id,
  error_type: id,
  message: text,
  retryable: flag,
  retry_after_ms: optional(count),
};
const merged = { from_seq: optional(ordinal) };

type Envelope = 'type' | 'v' | 'run_id' | 'epoch' | 'seq';

/**
 * The fields of every event besides its envelope, in the order in which frames write them, each with the check that a reader
 * makes. The compiler holds it to the union; a spec holds the checks to the schema.
 */
export const eventFields: { readonly [T in RunEventType]: Members<Omit<EventOf<T>, Envelope>> } = {
  'run.created': {
    mode: modes,
    model: text,
    agent_name: optional(id),
    conversation_id: optional(id),
    parent_run_id: optional(id),
    ...at,
  },
  'run.started': { model: text, ...at },
  'run.suspended': { approval_ids: listOf(id), ...at },
  'run.completed': {
    finish_reason: runFinishReasons,
    final_result: optional(text),
    execution_chain: optional(listOf(listOf(text))),
    ...at,
  },
  'run.failed': { ...failure, ...at },
  'run.cancelled': { by: cancellers, reason: optional(text), stopped: stoppedWork, kept: keptWork, ...at },
  'run.interrupted': { ...failure, ...at },

  'step.started': { ...inStep, index: count, attempt: ordinal, model: text, ...at },
  'step.reset': { ...inStep, reason: text, ...at },
  'step.finished': { ...inStep, finish_reason: finishReasons, response_id: optional(text), ...at },

  'message.started': { ...inStep, message_id: id, role: oneOf({ assistant: true }), ...at },
  'message.ended': { ...inStep, message_id: id, ...at },

  'text.started': { ...inStep, message_id: id, part_id: id, ...at },
  'text.delta': { ...inStep, part_id: id, delta: text, ...merged },
  'text.ended': { ...inStep, part_id: id, ...at },
  'refusal.delta': { ...inStep, message_id: id, delta: text, ...merged },
  'text.logprobs': {
    ...inStep,
    message_id: id,
    content: optional(tokenLogprobs),
    refusal: optional(tokenLogprobs),
    ...at,
  },
  'reasoning.started': { ...inStep, message_id: id, part_id: id, ...at },
  'reasoning.delta': { ...inStep, part_id: id, delta: text, ...merged },
  'reasoning.ended': { ...inStep, part_id: id, ...at },

  'tool_call.started': {
    ...inStep,
    message_id: id,
    tool_call_id: id,
    name: text,
    index: count,
    executor: executors,
    server: optional(text),
    tool: optional(text),
    ...at,
  },
  'tool_call.args.delta': { ...inStep, tool_call_id: id, index: count, delta: text, ...merged },
  'tool_call.ready': { ...inStep, tool_call_id: id, input: json, ...at },
  'tool_call.invalid': { ...inStep, tool_call_id: id, reason: text, ...at },
  'tool.progress': {
    ...inStep,
    tool_call_id: id,
    progress: finite,
    total: optional(finite),
    message: optional(text),
    ...at,
  },
  tool_result: {
    tool_call_id: id,
    content: text,
    status: toolStatuses,
    output: optional(json),
    duration_ms: count,
    result_message_id: id,
    ...inStep,
    ...at,
  },

  'node.started': {
    node_name: text,
    level: count,
    node_run_id: id,
    attempt: ordinal,
    parent_node_run_id: optional(id),
    tool_call_id: optional(id),
    ...at,
  },
  'node.ended': { node_name: text, node_run_id: id, status: nodeStatuses, duration_ms: count, ...at },

  usage: {
    scope: oneOf({ step: true, run: true }),
    ...inNode,
    step_id: optional(id),
    model: text,
    input_tokens: count,
    output_tokens: count,
    cached_input_tokens: optional(count),
    cache_write_tokens: optional(count),
    reasoning_tokens: optional(count),
    estimated: optional(flag),
    ...at,
  },

  'approval.required': {
    ...inStep,
    approval_id: id,
    tool_call_id: id,
    message: text,
    expires_at: count,
    ...at,
  },
  'approval.resolved': {
    ...inStep,
    approval_id: id,
    tool_call_id: id,
    decision: decisions,
    reason: optional(text),
    ...at,
  },

  'conversation.created': { conversation_id: id, ...at },
  'conversation.titled': { conversation_id: id, title: text, tags: listOf(text), ...at },
  'conversation.compacted': {
    conversation_id: id,
    compact_type: compactTypes,
    round: count,
    original_messages: count,
    compacted_messages: count,
    tool_contents_summarized: count,
    ...at,
  },
  'design.completed': { graph_name: id, message: text, ...at },
  'design.incomplete': {
    message: text,
    missing_fields: listOf(text),
    reason: designReasons,
    faults: optional(designFaults),
    graph_name: optional(id),
    ...at,
  },
  warning: { ...inNode, code: id, message: text, ...at },
};
