import type { ToolCallDraft } from './foreign-tool-calls.js';
import { ToolCallDrafts } from './foreign-tool-calls.js';
import type {
  EventOf,
  FinishReason,
  NodeStatus,
  RunEvent,
  RunEventBody,
  RunMode,
  ToolStatus,
  UsageCounts,
} from './run-event.js';

interface Step {
  step_id: string;
  message_id: string;
  node_run_id?: string;
  model: string;
  text?: string;
  reasoning?: string;
  drafts: ToolCallDrafts;
  finish_reason?: FinishReason;
}

interface Call {
  tool_call_id: string;
  step: Step;
  draft: ToolCallDraft;
  since: number;
  answered: boolean;
}

interface Node {
  node_run_id: string;
  node_name: string;
  since: number;
}

type Failure = Pick<EventOf<'run.failed'>, 'code' | 'error_type' | 'message' | 'retryable'>;
export type Ending =
  | { type: 'completed'; final_result?: string; execution_chain?: string[][] }
  | ({ type: 'failed' | 'interrupted' } & Failure);

/**
 * The run behind a stream that does not name its parts: mints the ids, opens and closes steps, parts and nodes, and collects the
 * events. An original MAG server works strictly in sequence, so at most one node and one step are open.
 */
export class ForeignRun {
  readonly #run_id: string;
  readonly #now: () => number;
  #events: RunEvent[] = [];
  #seq = 0;
  #mode: RunMode = 'chat';
  #node: Node | undefined;
  #step: Step | undefined;
  #lastStep: Step | undefined;
  #steps = 0;
  #minted = 0;
  #resultSinceFinish = false;
  readonly #calls: Call[] = [];
  readonly #callIds = new Set<string>();
  readonly #usage = new Map<string, UsageCounts>();
  #model = '';

  constructor(runId: string, now: () => number) {
    this.#run_id = runId;
    this.#now = now;
  }

  get begun(): boolean {
    return this.#seq > 0;
  }

  get inNode(): boolean {
    return this.#node !== undefined;
  }

  /** The events since the last call. */
  take(): RunEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  begin(mode: RunMode, model: string): void {
    if (model !== '') this.#model = model;
    if (this.begun) return;
    this.#mode = mode;
    this.#emit({ type: 'run.created', mode, model });
    this.#emit({ type: 'run.started', model });
  }

  conversationCreated(conversation_id: string): void {
    this.#emit({ type: 'conversation.created', conversation_id });
  }

  conversationTitled(conversation_id: string, title: string, tags: string[]): void {
    this.#emit({ type: 'conversation.titled', conversation_id, title, tags });
  }

  warn(code: string, message: string): void {
    this.#emit({ type: 'warning', code, message, ...this.#inNode() });
  }

  startNode(node_name: string, level: number): void {
    this.endNode('ok');
    const node_run_id = this.#mint('node');
    this.#node = { node_run_id, node_name, since: this.#now() };
    this.#emit({ type: 'node.started', node_run_id, node_name, level, attempt: 1 });
  }

  /** Closes the open node, if there is one (and if it has that name). */
  endNode(status: NodeStatus, name?: string): void {
    const node = this.#node;
    if (!node || (name !== undefined && name !== node.node_name)) return;
    this.#closeStep(status === 'ok');
    this.#closeCalls();
    const { node_run_id, node_name, since } = node;
    this.#emit({ type: 'node.ended', node_run_id, node_name, status, duration_ms: this.#since(since) });
    this.#node = undefined;
  }

  text(delta: string): void {
    const step = this.#openStep();
    if (step.text === undefined) {
      step.text = this.#mint('text');
      this.#emit({ type: 'text.started', ...ids(step), message_id: step.message_id, part_id: step.text });
    }
    this.#emit({ type: 'text.delta', ...ids(step), part_id: step.text, delta });
  }

  reasoning(delta: string): void {
    const step = this.#openStep();
    if (step.reasoning === undefined) {
      step.reasoning = this.#mint('reasoning');
      const { message_id, reasoning: part_id } = step;
      this.#emit({ type: 'reasoning.started', ...ids(step), message_id, part_id });
    }
    this.#emit({ type: 'reasoning.delta', ...ids(step), part_id: step.reasoning, delta });
  }

  refusal(delta: string): void {
    const step = this.#openStep();
    this.#emit({ type: 'refusal.delta', ...ids(step), message_id: step.message_id, delta });
  }

  /** Tool calls end the text before them; text after them in the same answer is a part of its own. */
  toolCalls(items: readonly unknown[]): void {
    const step = this.#openStep();
    this.#closeParts(step);
    for (const item of items) step.drafts.add(item);
  }

  /**
   * Ends the model's answer. A second end without anything between is a provider's habit and counts once; an answer that
   * says nothing at all is one only at the beginning, or after a tool's result.
   */
  finish(reason: FinishReason): void {
    if (!this.#step && this.#lastStep && !this.#resultSinceFinish) return;
    this.#openStep().finish_reason = reason;
    this.#closeStep(true);
  }

  /** The counts of the answer that is open, or else of the last one. Later counts replace earlier ones. */
  usage(counts: UsageCounts): void {
    const step = this.#step ?? this.#lastStep;
    if (!step || JSON.stringify(this.#usage.get(step.step_id)) === JSON.stringify(counts)) return;
    this.#usage.set(step.step_id, counts);
    if (step !== this.#step) this.#emitUsage(step, counts);
  }

  toolResult(id: string, content: string, status: ToolStatus): void {
    this.#closeStep(true);
    const known = this.#calls.filter((call) => call.draft.ids.includes(id));
    const open = known.filter((call) => !call.answered);
    const last = open.at(-1);
    if (known.length > 0 && !last) return;
    this.#resultSinceFinish = true;
    const call = open.find((one) => one.step === last?.step) ?? this.#strayCall(id);
    this.#answer(call, content, status);
  }

  end(ending: Ending): void {
    const whole = ending.type === 'completed';
    this.#closeStep(whole);
    const capped = whole && this.#cappedByIterations();
    this.endNode(whole ? 'ok' : ending.type === 'failed' ? 'error' : 'cancelled');
    this.#closeCalls();
    const total = sum([...this.#usage.values()]);
    if (total) this.#emit({ type: 'usage', scope: 'run', model: this.#model, ...total });
    switch (ending.type) {
      case 'completed': {
        const { final_result, execution_chain } = ending;
        if (capped) this.warn('max_iterations', 'The tool loop reached its limit, so the answer ends here.');
        const finish_reason = capped ? 'max_iterations' : this.#runFinishReason();
        this.#emit({ type: 'run.completed', finish_reason, final_result, execution_chain });
        break;
      }
      case 'failed':
      case 'interrupted': {
        const { type, ...failure } = ending;
        this.#emit({ type: `run.${type}`, ...failure });
      }
    }
  }

  /** A chat whose last answer asked for tools, got their results and then nothing: the seed's silent cap. */
  #cappedByIterations(): boolean {
    return this.#mode === 'chat' && this.#resultSinceFinish && this.#lastStep?.finish_reason === 'tool_calls';
  }

  #runFinishReason(): 'stop' | 'length' | 'content_filter' {
    const reason = this.#lastStep?.finish_reason;
    return this.#mode === 'chat' && (reason === 'length' || reason === 'content_filter') ? reason : 'stop';
  }

  #openStep(): Step {
    if (this.#step) return this.#step;
    const step: Step = {
      step_id: this.#mint('step'),
      message_id: this.#mint('message'),
      ...this.#inNode(),
      model: this.#model,
      drafts: new ToolCallDrafts({
        started: (draft) => this.#startCall(step, draft),
        args: (draft, delta) => this.#callArgs(draft, delta),
      }),
    };
    this.#step = step;
    this.#lastStep = step;
    this.#resultSinceFinish = false;
    this.#emit({ type: 'step.started', ...ids(step), index: this.#steps, attempt: 1, model: step.model });
    this.#emit({ type: 'message.started', ...ids(step), message_id: step.message_id, role: 'assistant' });
    this.#steps += 1;
    return step;
  }

  /** `whole` is false when the answer was cut: then it has no finish reason, and its calls are not checked. */
  #closeStep(whole: boolean): void {
    const step = this.#step;
    if (!step) return;
    this.#closeParts(step);
    step.drafts.settle();
    const calls = this.#calls.filter((call) => call.step === step);
    for (const call of whole ? calls : []) this.#checkArguments(call);
    this.#emit({ type: 'message.ended', ...ids(step), message_id: step.message_id });
    const counts = this.#usage.get(step.step_id);
    if (counts) this.#emitUsage(step, counts);
    if (whole) {
      step.finish_reason ??= calls.length > 0 ? 'tool_calls' : 'stop';
      this.#emit({ type: 'step.finished', ...ids(step), finish_reason: step.finish_reason });
    }
    this.#step = undefined;
  }

  #closeParts(step: Step): void {
    if (step.reasoning !== undefined)
      this.#emit({ type: 'reasoning.ended', ...ids(step), part_id: step.reasoning });
    if (step.text !== undefined) this.#emit({ type: 'text.ended', ...ids(step), part_id: step.text });
    delete step.reasoning;
    delete step.text;
  }

  #startCall(step: Step, draft: ToolCallDraft): Call {
    const call: Call = {
      tool_call_id: this.#uniqueCallId(draft.ids.at(-1) ?? this.#mint('call')),
      step,
      draft,
      since: this.#now(),
      answered: false,
    };
    this.#calls.push(call);
    const { index, name } = draft;
    const { message_id } = step;
    const { tool_call_id } = call;
    this.#emit({
      type: 'tool_call.started',
      ...ids(step),
      tool_call_id,
      message_id,
      name,
      index,
      executor: 'server',
    });
    return call;
  }

  #callArgs(draft: ToolCallDraft, delta: string): void {
    const call = this.#calls.findLast((one) => one.draft === draft);
    if (!call) return;
    const { tool_call_id, step } = call;
    this.#emit({ type: 'tool_call.args.delta', ...ids(step), tool_call_id, index: draft.index, delta });
  }

  #checkArguments({ step, tool_call_id, draft }: Call): void {
    try {
      const input = JSON.parse(draft.args === '' ? '{}' : draft.args) as EventOf<'tool_call.ready'>['input'];
      this.#emit({ type: 'tool_call.ready', ...ids(step), tool_call_id, input });
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'The arguments are not JSON.';
      this.#emit({ type: 'tool_call.invalid', ...ids(step), tool_call_id, reason });
    }
  }

  /** A result whose call was never seen is shown as a call without a name, so that nothing is lost. */
  #strayCall(id: string): Call {
    const step = this.#lastStep ?? this.#openStep();
    const call = this.#startCall(step, { index: 0, ids: [id], name: '', args: '', sent: 0 });
    this.#closeStep(true);
    return call;
  }

  #answer(call: Call, content: string, status: ToolStatus): void {
    call.answered = true;
    const { tool_call_id, since, step } = call;
    this.#emit({
      type: 'tool_result',
      ...ids(step),
      tool_call_id,
      result_message_id: this.#mint('result'),
      status,
      content,
      duration_ms: this.#since(since),
    });
  }

  /** Every call has exactly one outcome. */
  #closeCalls(): void {
    for (const call of this.#calls) if (!call.answered) this.#answer(call, '', 'unknown');
  }

  #emitUsage(step: Step, counts: UsageCounts): void {
    this.#emit({ type: 'usage', scope: 'step', ...ids(step), model: step.model, ...counts });
  }

  /** Providers use an id again in a later turn; in a run it must be one call. */
  #uniqueCallId(id: string): string {
    let unique = id;
    for (let n = 2; this.#callIds.has(unique); n += 1) unique = `${id}~${n}`;
    this.#callIds.add(unique);
    return unique;
  }

  #mint(kind: string): string {
    this.#minted += 1;
    return `${this.#run_id}-${kind}-${this.#minted}`;
  }

  #inNode(): { node_run_id?: string } {
    return this.#node ? { node_run_id: this.#node.node_run_id } : {};
  }

  #since(time: number): number {
    return Math.max(0, this.#now() - time);
  }

  #emit(body: RunEventBody): void {
    this.#seq += 1;
    const envelope = { v: 1, run_id: this.#run_id, epoch: 1, seq: this.#seq };
    const time = 'delta' in body ? {} : { ts: this.#now() };
    this.#events.push({ ...envelope, ...time, ...body } as RunEvent);
  }
}

function ids(step: Step): { step_id: string; node_run_id?: string } {
  return step.node_run_id === undefined
    ? { step_id: step.step_id }
    : { step_id: step.step_id, node_run_id: step.node_run_id };
}

function sum(counts: readonly UsageCounts[]): UsageCounts | null {
  if (counts.length === 0) return null;
  const total: UsageCounts = { input_tokens: 0, output_tokens: 0 };
  for (const one of counts) {
    total.input_tokens += one.input_tokens;
    total.output_tokens += one.output_tokens;
    for (const name of ['cached_input_tokens', 'cache_write_tokens', 'reasoning_tokens'] as const) {
      const more = one[name];
      if (more !== undefined) total[name] = (total[name] ?? 0) + more;
    }
  }
  return total;
}
