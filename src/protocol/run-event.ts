import { z } from 'zod';
import type { Packed } from './packed.js';

/**
 * The events of a run: one discriminated union, which is the document of the protocol (docs/protocol.md lists it).
 *
 * Names are noun.verb. Every part has an explicit start, deltas and an end, and every id is minted by the server, because
 * neither can be guessed on replay. `seq` counts 1, 2, 3… per run without a hole; `epoch` counts the run's writers.
 */

const id = z.string().min(1);
const count = z.int().nonnegative();

const envelope = {
  /** Version of this union. Readers ignore event types that they do not know. */
  v: z.literal(1),
  run_id: id,
  epoch: z.int().positive(),
  seq: z.int().positive(),
};

/** Every event but a delta says when it was appended (Unix time in milliseconds). */
const stamped = { ...envelope, ts: count };

/** A delta may stand for several adjacent ones: those from `from_seq` up to `seq`. Absent means one. */
const delta = { ...envelope, from_seq: z.int().positive().optional(), delta: z.string() };

/** Everything that happens inside a graph node names the one execution of it. */
const inNode = { node_run_id: id.optional() };
const inStep = { ...inNode, step_id: id };

export const finishReason = z.enum(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);
export const runFinishReason = z.enum(['stop', 'length', 'tool_calls', 'content_filter', 'max_iterations']);
export const toolStatus = z.enum(['ok', 'error', 'denied', 'cancelled', 'unknown']);
export const nodeStatus = z.enum(['ok', 'error', 'skipped', 'cancelled', 'suspended']);
export const runMode = z.enum(['chat', 'graph', 'agent']);
export const designReason = z.enum(['missing', 'invalid', 'exists']);
export const compactType = z.enum(['brutal', 'precise']);

export const usageCounts = z.object({
  input_tokens: count,
  output_tokens: count,
  cached_input_tokens: count.optional(),
  cache_write_tokens: count.optional(),
  reasoning_tokens: count.optional(),
  /** True when the provider did not say and the numbers were estimated from the text. */
  estimated: z.boolean().optional(),
});

const tokenChance = { token: z.string(), logprob: z.number(), bytes: z.array(count).nullable() };
/** One token with the ones that were likely in its place, in OpenAI's form. */
export const tokenLogprob = z.object({
  ...tokenChance,
  top_logprobs: z.array(z.object(tokenChance)),
});

/** One thing that is wrong with the graph that was designed; `node` is null for what is wrong with all of it. */
export const designFault = z.object({
  type: id,
  loc: z.array(z.string()),
  msg: z.string(),
  node: z.string().nullable(),
});

const failure = {
  code: id,
  /** The seed's error class: `api_error` for chats, `execution_error` for graphs. */
  error_type: id,
  message: z.string(),
  retryable: z.boolean(),
  /** How long whoever failed asks to wait. */
  retry_after_ms: count.optional(),
};

export const runEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run.created'),
    ...stamped,
    mode: runMode,
    model: z.string(),
    /** The agent that answers. */
    agent_name: id.optional(),
    conversation_id: id.optional(),
    parent_run_id: id.optional(),
  }),
  z.object({ type: z.literal('run.started'), ...stamped, model: z.string() }),
  z.object({ type: z.literal('run.suspended'), ...stamped, approval_ids: z.array(id) }),
  z.object({
    type: z.literal('run.completed'),
    ...stamped,
    finish_reason: runFinishReason,
    final_result: z.string().optional(),
    execution_chain: z.array(z.array(z.string())).optional(),
  }),
  z.object({ type: z.literal('run.failed'), ...stamped, ...failure }),
  z.object({
    type: z.literal('run.cancelled'),
    ...stamped,
    by: z.enum(['user', 'disconnect', 'deadline', 'shutdown']),
    reason: z.string().optional(),
    /** What was still working when the run was cancelled. */
    stopped: z.object({ model: z.boolean(), tool_call_ids: z.array(id) }),
    /** What of the answer is stored. */
    kept: z.object({ characters: count, tool_results: count }),
  }),
  z.object({ type: z.literal('run.interrupted'), ...stamped, ...failure }),

  z.object({
    type: z.literal('step.started'),
    ...stamped,
    ...inStep,
    index: count,
    attempt: z.int().positive(),
    model: z.string(),
  }),
  z.object({ type: z.literal('step.reset'), ...stamped, ...inStep, reason: z.string() }),
  z.object({
    type: z.literal('step.finished'),
    ...stamped,
    ...inStep,
    finish_reason: finishReason,
    response_id: z.string().optional(),
  }),

  z.object({
    type: z.literal('message.started'),
    ...stamped,
    ...inStep,
    message_id: id,
    role: z.literal('assistant'),
  }),
  z.object({ type: z.literal('message.ended'), ...stamped, ...inStep, message_id: id }),

  z.object({ type: z.literal('text.started'), ...stamped, ...inStep, part_id: id, message_id: id }),
  z.object({ type: z.literal('text.delta'), ...delta, ...inStep, part_id: id }),
  z.object({ type: z.literal('text.ended'), ...stamped, ...inStep, part_id: id }),
  z.object({ type: z.literal('refusal.delta'), ...delta, ...inStep, message_id: id }),
  z.object({
    type: z.literal('text.logprobs'),
    ...stamped,
    ...inStep,
    message_id: id,
    content: z.array(tokenLogprob).optional(),
    refusal: z.array(tokenLogprob).optional(),
  }),
  z.object({ type: z.literal('reasoning.started'), ...stamped, ...inStep, part_id: id, message_id: id }),
  z.object({ type: z.literal('reasoning.delta'), ...delta, ...inStep, part_id: id }),
  z.object({ type: z.literal('reasoning.ended'), ...stamped, ...inStep, part_id: id }),

  z.object({
    type: z.literal('tool_call.started'),
    ...stamped,
    ...inStep,
    tool_call_id: id,
    message_id: id,
    /** The name the model used: `server__tool`. */
    name: z.string(),
    /** The model's own number of the call within its step. */
    index: count,
    executor: z.enum(['server', 'client', 'provider']),
    /** The MCP server and its tool, where the name is known. */
    server: z.string().optional(),
    tool: z.string().optional(),
  }),
  z.object({ type: z.literal('tool_call.args.delta'), ...delta, ...inStep, tool_call_id: id, index: count }),
  z.object({ type: z.literal('tool_call.ready'), ...stamped, ...inStep, tool_call_id: id, input: z.json() }),
  z.object({
    type: z.literal('tool_call.invalid'),
    ...stamped,
    ...inStep,
    tool_call_id: id,
    reason: z.string(),
  }),
  z.object({
    type: z.literal('tool.progress'),
    ...stamped,
    ...inStep,
    tool_call_id: id,
    progress: z.number(),
    total: z.number().optional(),
    message: z.string().optional(),
  }),
  z.object({
    type: z.literal('tool_result'),
    ...stamped,
    ...inStep,
    tool_call_id: id,
    result_message_id: id,
    status: toolStatus,
    /** What the model reads. */
    content: z.string(),
    /** The structured form, where the tool gave one. */
    output: z.json().optional(),
    duration_ms: count,
  }),

  z.object({
    type: z.literal('node.started'),
    ...stamped,
    node_run_id: id,
    node_name: z.string(),
    level: count,
    attempt: z.int().positive(),
    parent_node_run_id: id.optional(),
    /** The call that this node answers: the node is then an agent that another one called as a tool. */
    tool_call_id: id.optional(),
  }),
  z.object({
    type: z.literal('node.ended'),
    ...stamped,
    node_run_id: id,
    node_name: z.string(),
    status: nodeStatus,
    duration_ms: count,
  }),

  z.object({
    type: z.literal('usage'),
    ...stamped,
    ...inNode,
    scope: z.enum(['step', 'run']),
    step_id: id.optional(),
    model: z.string(),
    ...usageCounts.shape,
  }),

  z.object({
    type: z.literal('approval.required'),
    ...stamped,
    ...inStep,
    approval_id: id,
    tool_call_id: id,
    message: z.string(),
    expires_at: count,
  }),
  z.object({
    type: z.literal('approval.resolved'),
    ...stamped,
    ...inStep,
    approval_id: id,
    tool_call_id: id,
    decision: z.enum(['approved', 'denied', 'expired', 'cancelled']),
    reason: z.string().optional(),
  }),

  z.object({ type: z.literal('conversation.created'), ...stamped, conversation_id: id }),
  z.object({
    type: z.literal('conversation.titled'),
    ...stamped,
    conversation_id: id,
    title: z.string(),
    tags: z.array(z.string()),
  }),
  z.object({
    type: z.literal('conversation.compacted'),
    ...stamped,
    conversation_id: id,
    compact_type: compactType,
    /** The last round that it saw; later ones are whole. */
    round: count,
    original_messages: count,
    compacted_messages: count,
    tool_contents_summarized: count,
  }),
  z.object({ type: z.literal('design.completed'), ...stamped, graph_name: id, message: z.string() }),
  z.object({
    type: z.literal('design.incomplete'),
    ...stamped,
    reason: designReason,
    message: z.string(),
    /** What the design does not have yet, for `missing`. */
    missing_fields: z.array(z.string()),
    /** All that is wrong with it, for `invalid`. */
    faults: z.array(designFault).optional(),
    /** The other graph of its name, for `exists`. */
    graph_name: id.optional(),
  }),
  z.object({ type: z.literal('warning'), ...stamped, ...inNode, code: id, message: z.string() }),
]);

export type RunEvent = z.infer<typeof runEvent>;
export type RunEventType = RunEvent['type'];
export type EventOf<T extends RunEventType> = Extract<RunEvent, { type: T }>;

export type FinishReason = z.infer<typeof finishReason>;
export type RunFinishReason = z.infer<typeof runFinishReason>;
export type ToolStatus = z.infer<typeof toolStatus>;
export type NodeStatus = z.infer<typeof nodeStatus>;
export type RunMode = z.infer<typeof runMode>;
export type UsageCounts = z.infer<typeof usageCounts>;
export type DesignReason = z.infer<typeof designReason>;
export type DesignFault = z.infer<typeof designFault>;
export type TokenLogprob = z.infer<typeof tokenLogprob>;

type DeltaType = 'text.delta' | 'refusal.delta' | 'reasoning.delta' | 'tool_call.args.delta';
export type DeltaEvent = EventOf<DeltaType>;
type TerminalType = 'run.completed' | 'run.failed' | 'run.cancelled' | 'run.interrupted';
export type TerminalEvent = EventOf<TerminalType>;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** What a producer says; the run's writer adds the envelope when it appends. */
export type RunEventBody = Packed<
  DistributiveOmit<RunEvent, 'v' | 'run_id' | 'epoch' | 'seq' | 'ts' | 'from_seq'>
>;

/** True for the event that ends a run; it is always the last of its log. */
export function isTerminal<E extends { type: string }>(event: E): event is E & { type: TerminalType } {
  return (
    event.type === 'run.completed' ||
    event.type === 'run.failed' ||
    event.type === 'run.cancelled' ||
    event.type === 'run.interrupted'
  );
}

/** True for a piece of text, which the log may merge with its neighbours. */
export function isDelta<E extends { type: string }>(event: E): event is E & { type: DeltaType } {
  return (
    event.type === 'text.delta' ||
    event.type === 'refusal.delta' ||
    event.type === 'reasoning.delta' ||
    event.type === 'tool_call.args.delta'
  );
}
