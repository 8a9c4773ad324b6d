import fc from 'fast-check';
import type { EventOf, RunEvent, RunEventType } from './run-event.js';
import type { RunSnapshot } from './run-snapshot.js';
import { applyEvent } from './apply-event.js';
import { emptyRunState } from './run-state.js';
import { arbitraryRun } from './run.arbitrary.js';
import {
  arbitraryCount as count,
  arbitraryId,
  arbitraryJson as json,
  arbitraryNumber as finite,
  arbitraryOrdinal as ordinal,
  arbitraryRunId,
  arbitraryText,
} from './text.arbitrary.js';

export { arbitraryRun } from './run.arbitrary.js';

interface Model {
  readonly [name: string]: fc.Arbitrary<unknown>;
}
const envelope = {
  v: fc.constant(1 as const),
  run_id: arbitraryRunId,
  epoch: ordinal,
  seq: ordinal,
};
const stamped = { ...envelope, ts: count };
const inStep = { step_id: arbitraryId };
const inNode = { node_run_id: arbitraryId };

/** A record of which some members may be missing. */
function event<T extends RunEventType>(
  type: T,
  members: Model,
  optional: Model = {},
): fc.Arbitrary<EventOf<T>> {
  const model: Model = { type: fc.constant(type), ...members, ...optional };
  const requiredKeys = ['type', ...Object.keys(members)];
  return fc.record(model, { requiredKeys, noNullPrototype: true }) as unknown as fc.Arbitrary<EventOf<T>>;
}

function delta<T extends RunEventType>(type: T, members: Model): fc.Arbitrary<EventOf<T>> {
  return event(
    type,
    { ...envelope, ...inStep, ...members, delta: arbitraryText },
    { ...inNode, from_seq: ordinal },
  );
}

const failure = {
  ...stamped,
  code: arbitraryId,
  error_type: arbitraryId,
  message: arbitraryText,
  retryable: fc.boolean(),
};
const part = { ...stamped, ...inStep, part_id: arbitraryId };
const startedPart = { ...part, message_id: arbitraryId };
const call = { ...stamped, ...inStep, tool_call_id: arbitraryId };
const message = { ...stamped, ...inStep, message_id: arbitraryId };
const chance = {
  token: arbitraryText,
  logprob: finite,
  bytes: fc.option(fc.array(fc.nat(255), { maxLength: 4 })),
};
const logprobs = fc.array(
  fc.record(
    { ...chance, top_logprobs: fc.array(fc.record(chance, { noNullPrototype: true }), { maxLength: 2 }) },
    { noNullPrototype: true },
  ),
  { maxLength: 3 },
);
const ids = fc.array(arbitraryId, { maxLength: 3 });

/** One arbitrary for each type of event, with every optional field there or not. */
export const arbitraryEvents: { readonly [T in RunEventType]: fc.Arbitrary<EventOf<T>> } = {
  'run.created': event(
    'run.created',
    { ...stamped, mode: fc.constantFrom('chat', 'graph', 'agent'), model: arbitraryText },
    { agent_name: arbitraryId, conversation_id: arbitraryId, parent_run_id: arbitraryId },
  ),
  'run.started': event('run.started', { ...stamped, model: arbitraryText }),
  'run.suspended': event('run.suspended', { ...stamped, approval_ids: ids }),
  'run.completed': event(
    'run.completed',
    {
      ...stamped,
      finish_reason: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter', 'max_iterations'),
    },
    {
      final_result: arbitraryText,
      execution_chain: fc.array(fc.array(arbitraryText, { maxLength: 2 }), { maxLength: 2 }),
    },
  ),
  'run.failed': event('run.failed', failure, { retry_after_ms: count }),
  'run.cancelled': event(
    'run.cancelled',
    {
      ...stamped,
      by: fc.constantFrom('user', 'disconnect', 'deadline', 'shutdown'),
      stopped: fc.record({ model: fc.boolean(), tool_call_ids: ids }, { noNullPrototype: true }),
      kept: fc.record({ characters: count, tool_results: count }, { noNullPrototype: true }),
    },
    { reason: arbitraryText },
  ),
  'run.interrupted': event('run.interrupted', failure, { retry_after_ms: count }),
  'step.started': event(
    'step.started',
    { ...stamped, ...inStep, index: count, attempt: ordinal, model: arbitraryText },
    inNode,
  ),
  'step.reset': event('step.reset', { ...stamped, ...inStep, reason: arbitraryText }, inNode),
  'step.finished': event(
    'step.finished',
    {
      ...stamped,
      ...inStep,
      finish_reason: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter', 'function_call'),
    },
    { ...inNode, response_id: arbitraryText },
  ),
  'message.started': event('message.started', { ...message, role: fc.constant('assistant') }, inNode),
  'message.ended': event('message.ended', message, inNode),
  'text.started': event('text.started', startedPart, inNode),
  'text.delta': delta('text.delta', { part_id: arbitraryId }),
  'text.ended': event('text.ended', part, inNode),
  'refusal.delta': delta('refusal.delta', { message_id: arbitraryId }),
  'text.logprobs': event('text.logprobs', message, { ...inNode, content: logprobs, refusal: logprobs }),
  'reasoning.started': event('reasoning.started', startedPart, inNode),
  'reasoning.delta': delta('reasoning.delta', { part_id: arbitraryId }),
  'reasoning.ended': event('reasoning.ended', part, inNode),
  'tool_call.started': event(
    'tool_call.started',
    {
      ...call,
      message_id: arbitraryId,
      name: arbitraryText,
      index: count,
      executor: fc.constantFrom('server', 'client', 'provider'),
    },
    { ...inNode, server: arbitraryText, tool: arbitraryText },
  ),
  'tool_call.args.delta': delta('tool_call.args.delta', { tool_call_id: arbitraryId, index: count }),
  'tool_call.ready': event('tool_call.ready', { ...call, input: json }, inNode),
  'tool_call.invalid': event('tool_call.invalid', { ...call, reason: arbitraryText }, inNode),
  'tool.progress': event(
    'tool.progress',
    { ...call, progress: finite },
    { ...inNode, total: finite, message: arbitraryText },
  ),
  tool_result: event(
    'tool_result',
    {
      ...call,
      result_message_id: arbitraryId,
      status: fc.constantFrom('ok', 'error', 'denied', 'cancelled', 'unknown'),
      content: arbitraryText,
      duration_ms: count,
    },
    { ...inNode, output: json },
  ),
  'node.started': event(
    'node.started',
    { ...stamped, ...inNode, node_name: arbitraryText, level: count, attempt: ordinal },
    { parent_node_run_id: arbitraryId, tool_call_id: arbitraryId },
  ),
  'node.ended': event('node.ended', {
    ...stamped,
    ...inNode,
    node_name: arbitraryText,
    status: fc.constantFrom('ok', 'error', 'skipped', 'cancelled', 'suspended'),
    duration_ms: count,
  }),
  usage: event(
    'usage',
    {
      ...stamped,
      scope: fc.constantFrom('step', 'run'),
      model: arbitraryText,
      input_tokens: count,
      output_tokens: count,
    },
    {
      ...inNode,
      ...inStep,
      cached_input_tokens: count,
      cache_write_tokens: count,
      reasoning_tokens: count,
      estimated: fc.boolean(),
    },
  ),
  'approval.required': event(
    'approval.required',
    { ...call, approval_id: arbitraryId, message: arbitraryText, expires_at: count },
    inNode,
  ),
  'approval.resolved': event(
    'approval.resolved',
    {
      ...call,
      approval_id: arbitraryId,
      decision: fc.constantFrom('approved', 'denied', 'expired', 'cancelled'),
    },
    { ...inNode, reason: arbitraryText },
  ),
  'conversation.created': event('conversation.created', { ...stamped, conversation_id: arbitraryId }),
  'conversation.titled': event('conversation.titled', {
    ...stamped,
    conversation_id: arbitraryId,
    title: arbitraryText,
    tags: fc.array(arbitraryText, { maxLength: 3 }),
  }),
  'conversation.compacted': event('conversation.compacted', {
    ...stamped,
    conversation_id: arbitraryId,
    compact_type: fc.constantFrom('brutal', 'precise'),
    round: fc.nat(),
    original_messages: fc.nat(),
    compacted_messages: fc.nat(),
    tool_contents_summarized: fc.nat(),
  }),
  'design.completed': event('design.completed', {
    ...stamped,
    graph_name: arbitraryId,
    message: arbitraryText,
  }),
  'design.incomplete': event(
    'design.incomplete',
    {
      ...stamped,
      reason: fc.constantFrom('missing', 'invalid', 'exists'),
      message: arbitraryText,
      missing_fields: fc.array(arbitraryText, { maxLength: 3 }),
    },
    {
      faults: fc.array(
        fc.record(
          {
            type: arbitraryId,
            loc: fc.array(arbitraryText, { maxLength: 2 }),
            msg: arbitraryText,
            node: fc.option(arbitraryText),
          },
          { noNullPrototype: true },
        ),
        { maxLength: 2 },
      ),
      graph_name: arbitraryId,
    },
  ),
  warning: event('warning', { ...stamped, code: arbitraryId, message: arbitraryText }, inNode),
};

/** Any single event, of every type alike; it need not make sense beside others. */
export const arbitraryEvent: fc.Arbitrary<RunEvent> = fc.oneof(
  ...Object.values<fc.Arbitrary<RunEvent>>(arbitraryEvents),
);

/** A snapshot of a run at any point of it. */
export const arbitrarySnapshot: fc.Arbitrary<RunSnapshot> = fc
  .record({
    run: arbitraryRun,
    cut: fc.nat(),
    epoch: fc.integer({ min: 1, max: 9 }),
    reason: fc.constantFrom('unknown' as const, 'trimmed' as const, 'lost' as const, 'ahead' as const),
  })
  .map(({ run, cut, epoch, reason }) => {
    const state = emptyRunState(run[0]?.run_id ?? 'none');
    for (const one of run.slice(0, cut % (run.length + 1))) applyEvent(state, one);
    const { run_id, seq } = state;
    return { type: 'run.snapshot', v: 1, run_id, epoch, through_seq: seq, reason, state };
  });
