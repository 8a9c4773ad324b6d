import fc from 'fast-check';
import type { EventOf, FinishReason, RunEvent, RunEventBody, RunMode, ToolStatus } from './run-event.js';
import type { RunState } from './run-state.js';
import { applyEvent } from './apply-event.js';
import { emptyRunState } from './run-state.js';
import { arbitraryCount, arbitraryJson, arbitraryText } from './text.arbitrary.js';

const deltas = fc.array(arbitraryText, { maxLength: 4 });

const arbitraryCall = fc.record({
  name: fc.constantFrom('clock__now', 'files__read', '工具'),
  args: deltas,
  input: fc.option(arbitraryJson, { nil: undefined }),
  asks: fc.boolean(),
  progress: fc.nat(2),
  status: fc.constantFrom<ToolStatus>('ok', 'error', 'denied', 'cancelled', 'unknown'),
  content: arbitraryText,
  output: fc.option(arbitraryJson, { nil: undefined }),
});
type CallPlan = typeof arbitraryCall extends fc.Arbitrary<infer T> ? T : never;

const arbitraryStep = fc.record({
  model: fc.constantFrom('demo', 'gpt-x', '模型'),
  reset: fc.boolean(),
  reasoning: fc.array(deltas, { maxLength: 2 }),
  text: fc.array(deltas, { maxLength: 2 }),
  refusal: fc.array(arbitraryText, { maxLength: 2 }),
  calls: fc.array(arbitraryCall, { maxLength: 3 }),
  finish: fc.constantFrom<FinishReason>('stop', 'length', 'content_filter'),
  usage: fc.boolean(),
  logprobs: fc.nat(3).map((number) => number === 0),
});
type StepPlan = typeof arbitraryStep extends fc.Arbitrary<infer T> ? T : never;

const arbitraryNode = fc.record({
  name: fc.constantFrom('plan', 'write', 'check'),
  steps: fc.array(arbitraryStep, { maxLength: 2 }),
});
type NodePlan = typeof arbitraryNode extends fc.Arbitrary<infer T> ? T : never;

const arbitraryEnding = fc.oneof(
  fc.constant({ type: 'run.completed' as const, at: Infinity }),
  fc.record({
    type: fc.constantFrom('run.failed' as const, 'run.cancelled' as const, 'run.interrupted' as const),
    /** How many of the events come before the end. */
    at: fc.nat(60),
  }),
);
type Ending = typeof arbitraryEnding extends fc.Arbitrary<infer T> ? T : never;

const arbitraryPlan = fc.record({
  run_id: fc.ulid(),
  ts: fc.integer({ min: 1, max: 2_000_000_000_000 }),
  mode: fc.constantFrom<RunMode>('chat', 'graph', 'agent'),
  conversation: fc.boolean(),
  steps: fc.array(arbitraryStep, { minLength: 1, maxLength: 3 }),
  levels: fc.array(fc.array(arbitraryNode, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
  warning: fc.boolean(),
  /** How an agent that designs a graph ended that, if it did. */
  design: fc.constantFrom('completed', 'incomplete', null),
  title: fc.boolean(),
  /** The last step calls the client's tools, which ends the run. */
  handsOver: fc.boolean(),
  ending: arbitraryEnding,
  picks: fc.array(fc.nat(), { minLength: 1, maxLength: 40 }),
  count: arbitraryCount,
});
type RunPlan = typeof arbitraryPlan extends fc.Arbitrary<infer T> ? T : never;

/**
 * The log of one run as a correct server writes it: seq 1..n, deltas one by one, parts and parallel nodes interleaved, whatever
 * is open closed before the one terminal event, which is last. An interrupted run ends in epoch 2, by the instance that
 * recovered it.
 */
export const arbitraryRun: fc.Arbitrary<readonly RunEvent[]> = arbitraryPlan.map((plan) =>
  new Script(plan).write(),
);

type Executor = EventOf<'tool_call.started'>['executor'];
type Place = { step_id: string; node_run_id?: string };

/** Writes out a plan. Every id is new. */
class Script {
  readonly #plan: RunPlan;
  readonly #events: RunEvent[] = [];
  readonly #state: RunState;
  #epoch = 1;
  #minted = 0;
  #picked = 0;
  #steps = 0;
  /** One call of an agent is enough: its steps are as many as those of the run. */
  #askedAgent = false;

  constructor(plan: RunPlan) {
    this.#plan = plan;
    this.#state = emptyRunState(plan.run_id);
  }

  write(): readonly RunEvent[] {
    const { mode, ending, conversation } = this.#plan;
    this.#append({
      type: 'run.created',
      mode,
      model: 'demo',
      ...(mode === 'agent' && { agent_name: 'boss' }),
      ...(conversation && { conversation_id: 'conversation' }),
    });
    const body = this.#body();
    for (const one of body.slice(0, ending.at)) this.#append(one);
    if (ending.type === 'run.interrupted') this.#epoch = 2;
    for (const one of this.#closing()) this.#append(one);
    this.#append(this.#terminal(ending));
    return this.#events;
  }

  #append(body: RunEventBody): void {
    const { run_id, ts } = this.#plan;
    const seq = this.#events.length + 1;
    const time = 'delta' in body ? {} : { ts: ts + seq };
    const event = { v: 1, run_id, epoch: this.#epoch, seq, ...time, ...body } as RunEvent;
    this.#events.push(event);
    applyEvent(this.#state, event);
  }

  #body(): RunEventBody[] {
    const { mode, conversation, steps, levels, warning, title, count } = this.#plan;
    const begin: RunEventBody[] = [];
    if (conversation) begin.push({ type: 'conversation.created', conversation_id: 'conversation' });
    if (title && conversation) {
      begin.push({
        type: 'conversation.titled',
        conversation_id: 'conversation',
        title: '标题',
        tags: ['a'],
      });
      begin.push({
        type: 'conversation.compacted',
        conversation_id: 'conversation',
        compact_type: 'precise',
        round: 1,
        original_messages: 4,
        compacted_messages: 4,
        tool_contents_summarized: 1,
      });
    }
    begin.push({ type: 'run.started', model: 'demo' });
    if (warning) begin.push({ type: 'warning', code: 'tool_server_unreachable', message: 'No answer.' });
    const work =
      mode === 'graph'
        ? levels.flatMap((level, number) => this.#weave(level.map((node) => this.#node(node, number))))
        : [...this.#turn(steps), ...this.#designed()];
    const usage: RunEventBody = {
      type: 'usage',
      scope: 'run',
      model: 'demo',
      input_tokens: count,
      output_tokens: 7,
    };
    return [...begin, ...work, usage];
  }

  #designed(): RunEventBody[] {
    const { mode, design } = this.#plan;
    if (mode !== 'agent' || design === null) return [];
    if (design === 'completed')
      return [{ type: 'design.completed', graph_name: 'g', message: "图 'g' 生成完成！" }];
    const faults = [{ type: 'no_end', loc: ['nodes'], msg: 'no end', node: null }];
    return [{ type: 'design.incomplete', reason: 'invalid', message: 'no end', missing_fields: [], faults }];
  }

  #node({ name, steps }: NodePlan, level: number, tool_call_id?: string): RunEventBody[] {
    const node_run_id = this.#mint('node');
    const answers = tool_call_id === undefined ? {} : { tool_call_id };
    return [
      { type: 'node.started', node_run_id, node_name: name, level, attempt: 1, ...answers },
      ...this.#turn(steps, node_run_id),
      { type: 'node.ended', node_run_id, node_name: name, status: 'ok', duration_ms: 5 },
    ];
  }

  /** Every step asks for tools, if it has calls at all; the last one only for the client's. */
  #turn(steps: readonly StepPlan[], node_run_id?: string): RunEventBody[] {
    return steps.flatMap((step, number) => {
      if (number < steps.length - 1) return this.#step(step, 'server', node_run_id);
      return this.#step(this.#handsOver ? step : { ...step, calls: [] }, 'client', node_run_id);
    });
  }

  get #handsOver(): boolean {
    return this.#plan.handsOver && this.#plan.mode !== 'graph';
  }

  #step(plan: StepPlan, executor: Executor, node_run_id?: string): RunEventBody[] {
    const place: Place = { step_id: this.#mint('step'), ...(node_run_id !== undefined && { node_run_id }) };
    const index = this.#steps++;
    const started = (attempt: number): RunEventBody => ({
      type: 'step.started',
      ...place,
      index,
      attempt,
      model: plan.model,
    });
    const events: RunEventBody[] = [started(1)];
    if (plan.reset) {
      events.push(...this.#message(plan, executor, place).slice(0, 5));
      events.push({ type: 'step.reset', ...place, reason: 'connection lost' }, started(2));
    }
    const message = this.#message(plan, executor, place);
    events.push(...message);
    if (plan.usage) {
      events.push({
        type: 'usage',
        scope: 'step',
        ...place,
        model: plan.model,
        input_tokens: 10,
        output_tokens: 3,
        reasoning_tokens: 1,
      });
    }
    const finish_reason = plan.calls.length > 0 ? 'tool_calls' : plan.finish;
    events.push({ type: 'step.finished', ...place, finish_reason });
    if (executor === 'client') return events;
    const calls = message.filter((one) => one.type === 'tool_call.started');
    return [...events, ...this.#weave(calls.map((call) => this.#outcome(call, plan.calls, place)))];
  }

  #message(plan: StepPlan, executor: Executor, place: Place): RunEventBody[] {
    const message_id = this.#mint('message');
    const spoken = [
      ...plan.reasoning.map((pieces) => this.#part('reasoning', pieces, message_id, place)),
      ...plan.text.map((pieces) => this.#part('text', pieces, message_id, place, plan.logprobs)),
      plan.refusal.map((delta): RunEventBody => ({ type: 'refusal.delta', ...place, message_id, delta })),
      ...plan.calls.map((call, index) => this.#call(call, executor, index, message_id, place)),
    ];
    return [
      { type: 'message.started', ...place, message_id, role: 'assistant' },
      ...this.#weave(spoken),
      { type: 'message.ended', ...place, message_id },
    ];
  }

  #part(
    kind: 'text' | 'reasoning',
    pieces: readonly string[],
    message_id: string,
    place: Place,
    logprobs = false,
  ): RunEventBody[] {
    const part_id = this.#mint(kind);
    const chance = (token: string) => ({ token, logprob: -0.5, bytes: null, top_logprobs: [] });
    return [
      { type: `${kind}.started`, ...place, message_id, part_id },
      ...pieces.flatMap((delta): RunEventBody[] => [
        ...(logprobs
          ? [{ type: 'text.logprobs' as const, ...place, message_id, content: [chance(delta)] }]
          : []),
        { type: `${kind}.delta`, ...place, part_id, delta },
      ]),
      { type: `${kind}.ended`, ...place, part_id },
    ];
  }

  #call(
    { name, args, input }: CallPlan,
    executor: Executor,
    index: number,
    message_id: string,
    place: Place,
  ): RunEventBody[] {
    const tool_call_id = this.#mint('call');
    const [server, tool] = name.split('__');
    return [
      {
        type: 'tool_call.started',
        ...place,
        tool_call_id,
        message_id,
        name,
        index,
        executor,
        ...(tool !== undefined && { server, tool }),
      },
      ...args.map((delta): RunEventBody => ({
        type: 'tool_call.args.delta',
        ...place,
        tool_call_id,
        index,
        delta,
      })),
      input === undefined
        ? { type: 'tool_call.invalid', ...place, tool_call_id, reason: 'not JSON' }
        : { type: 'tool_call.ready', ...place, tool_call_id, input },
    ];
  }

  #outcome(
    { tool_call_id, index }: Pick<EventOf<'tool_call.started'>, 'tool_call_id' | 'index'>,
    plans: readonly CallPlan[],
    place: Place,
  ): RunEventBody[] {
    const plan = plans[index];
    if (!plan) return [];
    const approval_id = this.#mint('approval');
    const asked: RunEventBody[] = [
      {
        type: 'approval.required',
        ...place,
        approval_id,
        tool_call_id,
        message: 'May it run?',
        expires_at: 1,
      },
      { type: 'run.suspended', approval_ids: [approval_id] },
      { type: 'approval.resolved', ...place, approval_id, tool_call_id, decision: 'approved' },
    ];
    const progress = Array.from({ length: plan.progress }, (_, progress): RunEventBody => ({
      type: 'tool.progress',
      ...place,
      tool_call_id,
      progress,
      total: 2,
    }));
    const { status, content, output } = plan;
    const { mode, levels } = this.#plan;
    const isAgent = mode === 'agent' && place.node_run_id === undefined && !this.#askedAgent;
    this.#askedAgent ||= isAgent;
    return [
      ...(plan.asks ? asked : []),
      ...(isAgent ? this.#node(levels[0]![0]!, 1, tool_call_id) : []),
      ...progress,
      {
        type: 'tool_result',
        ...place,
        tool_call_id,
        result_message_id: this.#mint('result'),
        status,
        content,
        ...(output !== undefined && { output }),
        duration_ms: 12,
      },
    ];
  }

  /** What is open where the run was cut. */
  #closing(): RunEventBody[] {
    const events: RunEventBody[] = [];
    for (const part of this.#state.parts) {
      if (part.kind === 'node' || part.ended) continue;
      const { step_id, node_run_id } = part;
      const place: Place = { step_id, ...(node_run_id !== undefined && { node_run_id }) };
      if (part.kind === 'text' || part.kind === 'reasoning') {
        events.push({ type: `${part.kind}.ended`, ...place, part_id: part.part_id });
      } else if (part.kind === 'tool_call') {
        const { tool_call_id } = part;
        const result_message_id = this.#mint('result');
        events.push({
          type: 'tool_result',
          ...place,
          tool_call_id,
          result_message_id,
          status: 'cancelled',
          content: '',
          duration_ms: 0,
        });
      }
    }
    for (const { step_id, node_run_id, message_id, message_ended } of this.#state.steps) {
      if (message_id === undefined || message_ended) continue;
      events.push({
        type: 'message.ended',
        step_id,
        ...(node_run_id !== undefined && { node_run_id }),
        message_id,
      });
    }
    for (const part of this.#state.parts) {
      if (part.kind !== 'node' || part.ended) continue;
      const { node_run_id, node_name } = part;
      events.push({ type: 'node.ended', node_run_id, node_name, status: 'cancelled', duration_ms: 1 });
    }
    return events;
  }

  #terminal({ type }: Ending): RunEventBody {
    switch (type) {
      case 'run.completed':
        return this.#plan.mode === 'graph'
          ? {
              type,
              finish_reason: 'stop',
              final_result: '结果',
              execution_chain: [['plan'], ['write', 'check']],
            }
          : { type, finish_reason: this.#handedOver ? 'tool_calls' : 'stop' };
      case 'run.cancelled':
        return {
          type,
          by: 'user',
          stopped: { model: true, tool_call_ids: [] },
          kept: { characters: 1, tool_results: 0 },
        };
      case 'run.failed':
      case 'run.interrupted':
        return { type, code: 'upstream_cut', error_type: 'api_error', message: 'cut', retryable: true };
    }
  }

  get #handedOver(): boolean {
    return this.#state.parts.some((part) => part.kind === 'tool_call' && part.executor === 'client');
  }

  /** Runs the sequences side by side: each keeps its own order. */
  #weave(sequences: readonly (readonly RunEventBody[])[]): RunEventBody[] {
    const waiting = sequences.map((events) => [...events]).filter((events) => events.length > 0);
    const woven: RunEventBody[] = [];
    while (waiting.length > 0) {
      const at = this.#pick() % waiting.length;
      const next = waiting[at]?.shift();
      if (next) woven.push(next);
      if (waiting[at]?.length === 0) waiting.splice(at, 1);
    }
    return woven;
  }

  #pick(): number {
    const { picks } = this.#plan;
    this.#picked += 1;
    return picks[this.#picked % picks.length] ?? 0;
  }

  #mint(kind: string): string {
    this.#minted += 1;
    return `${kind}_${this.#minted}`;
  }
}
