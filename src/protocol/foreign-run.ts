import { ForeignCalls } from './foreign-calls.js';
import type { StepPlace } from './foreign-log.js';
import { ForeignLog } from './foreign-log.js';
import type { ToolCallDrafts } from './foreign-tool-calls.js';
import type {
  EventOf,
  FinishReason,
  NodeStatus,
  RunEvent,
  RunMode,
  ToolStatus,
  UsageCounts,
} from './run-event.js';

interface Step {
  place: StepPlace;
  message_id: string;
  model: string;
  text?: string;
  reasoning?: string;
  drafts: ToolCallDrafts;
  finish_reason?: FinishReason;
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
  readonly #log: ForeignLog;
  readonly #calls: ForeignCalls;
  #mode: RunMode = 'chat';
  #node: Node | undefined;
  #step: Step | undefined;
  #lastStep: Step | undefined;
  #steps = 0;
  #resultSinceFinish = false;
  #earlyUsage: UsageCounts | undefined;
  readonly #usage = new Map<string, UsageCounts>();
  #model = '';

  constructor(runId: string, now: () => number) {
    this.#log = new ForeignLog(runId, now);
    this.#calls = new ForeignCalls(this.#log);
  }

  get begun(): boolean {
    return this.#log.begun;
  }

  get inNode(): boolean {
    return this.#node !== undefined;
  }

  /** The events since the last call. */
  take(): RunEvent[] {
    return this.#log.take();
  }

  begin(mode: RunMode, model: string): void {
    if (model !== '') this.#model = model;
    if (this.begun) return;
    this.#mode = mode;
    this.#log.append({ type: 'run.created', mode, model });
    this.#log.append({ type: 'run.started', model });
  }

  conversationCreated(conversation_id: string): void {
    this.#log.append({ type: 'conversation.created', conversation_id });
  }

  conversationTitled(conversation_id: string, title: string, tags: string[]): void {
    this.#log.append({ type: 'conversation.titled', conversation_id, title, tags });
  }

  designCompleted(graph_name: string, message: string): void {
    this.#log.append({ type: 'design.completed', graph_name, message });
  }

  designIncomplete(missing_fields: string[], message: string): void {
    this.#log.append({ type: 'design.incomplete', reason: 'missing', message, missing_fields });
  }

  warn(code: string, message: string): void {
    this.#log.append({ type: 'warning', code, message, ...this.#inNode() });
  }

  startNode(node_name: string, level: number): void {
    this.endNode('ok');
    const node_run_id = this.#log.mint('node');
    this.#node = { node_run_id, node_name, since: this.#log.now() };
    this.#log.append({ type: 'node.started', node_run_id, node_name, level, attempt: 1 });
  }

  /** Closes the open node, if there is one (and if it has that name). */
  endNode(status: NodeStatus, name?: string): void {
    const node = this.#node;
    if (!node || (name !== undefined && name !== node.node_name)) return;
    this.#closeStep(status === 'ok');
    this.#calls.close();
    const { node_run_id, node_name, since } = node;
    this.#log.append({
      type: 'node.ended',
      node_run_id,
      node_name,
      status,
      duration_ms: this.#log.since(since),
    });
    this.#node = undefined;
    this.#lastStep = undefined;
    this.#resultSinceFinish = false;
  }

  text(delta: string): void {
    const step = this.#openStep();
    if (step.text === undefined) {
      step.text = this.#log.mint('text');
      this.#log.append({
        type: 'text.started',
        ...step.place,
        message_id: step.message_id,
        part_id: step.text,
      });
    }
    this.#log.append({ type: 'text.delta', ...step.place, part_id: step.text, delta });
  }

  reasoning(delta: string): void {
    const step = this.#openStep();
    if (step.reasoning === undefined) {
      step.reasoning = this.#log.mint('reasoning');
      const { message_id, reasoning: part_id } = step;
      this.#log.append({ type: 'reasoning.started', ...step.place, message_id, part_id });
    }
    this.#log.append({ type: 'reasoning.delta', ...step.place, part_id: step.reasoning, delta });
  }

  refusal(delta: string): void {
    const step = this.#openStep();
    this.#log.append({ type: 'refusal.delta', ...step.place, message_id: step.message_id, delta });
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

  /**
   * The counts of the answer that is open, or else of the last one, unless a tool has answered it: then they come with the
   * first, empty chunk of the next. Later counts replace earlier ones.
   */
  usage(counts: UsageCounts): void {
    const step = this.#step ?? (this.#resultSinceFinish ? undefined : this.#lastStep);
    if (!step) {
      this.#earlyUsage = counts;
      return;
    }
    if (JSON.stringify(this.#usage.get(step.place.step_id)) === JSON.stringify(counts)) return;
    this.#usage.set(step.place.step_id, counts);
    if (step !== this.#step) this.#emitUsage(step, counts);
  }

  toolResult(id: string, content: string, status: ToolStatus): void {
    this.#closeStep(true);
    const state = this.#calls.stateOf(id);
    if (state === 'answered') return;
    if (state === 'new') {
      const { place, message_id } = this.#lastStep ?? this.#openStep();
      this.#calls.answerStray(place, message_id, id, content, status);
      this.#closeStep(true);
    } else this.#calls.answer(id, content, status);
    this.#resultSinceFinish = true;
  }

  end(ending: Ending): void {
    const whole = ending.type === 'completed';
    this.#closeStep(whole);
    const capped = whole && this.#cappedByIterations();
    this.endNode(whole ? 'ok' : ending.type === 'failed' ? 'error' : 'cancelled');
    this.#calls.close();
    const total = sum([...this.#usage.values()]);
    if (total) this.#log.append({ type: 'usage', scope: 'run', model: this.#model, ...total });
    switch (ending.type) {
      case 'completed': {
        const { final_result, execution_chain } = ending;
        if (capped) this.warn('max_iterations', 'The tool loop reached its limit, so the answer ends here.');
        const finish_reason = capped ? 'max_iterations' : this.#runFinishReason();
        this.#log.append({ type: 'run.completed', finish_reason, final_result, execution_chain });
        break;
      }
      case 'failed':
      case 'interrupted': {
        const { type, ...failure } = ending;
        this.#log.append({ type: `run.${type}`, ...failure });
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
    const place: StepPlace = { step_id: this.#log.mint('step'), ...this.#inNode() };
    const message_id = this.#log.mint('message');
    const step: Step = {
      place,
      message_id,
      model: this.#model,
      drafts: this.#calls.drafts(place, message_id),
    };
    this.#step = step;
    this.#lastStep = step;
    this.#resultSinceFinish = false;
    this.#log.append({
      type: 'step.started',
      ...step.place,
      index: this.#steps,
      attempt: 1,
      model: step.model,
    });
    this.#log.append({
      type: 'message.started',
      ...step.place,
      message_id: step.message_id,
      role: 'assistant',
    });
    this.#steps += 1;
    if (this.#earlyUsage) this.#usage.set(step.place.step_id, this.#earlyUsage);
    this.#earlyUsage = undefined;
    return step;
  }

  /** `whole` is false when the answer was cut: then it has no finish reason, and its calls are not checked. */
  #closeStep(whole: boolean): void {
    const step = this.#step;
    if (!step) return;
    this.#closeParts(step);
    step.drafts.settle();
    if (whole) this.#calls.check(step.drafts);
    this.#log.append({ type: 'message.ended', ...step.place, message_id: step.message_id });
    const counts = this.#usage.get(step.place.step_id);
    if (counts) this.#emitUsage(step, counts);
    if (whole) {
      step.finish_reason ??= step.drafts.calls.length > 0 ? 'tool_calls' : 'stop';
      this.#log.append({ type: 'step.finished', ...step.place, finish_reason: step.finish_reason });
    }
    this.#step = undefined;
  }

  #closeParts(step: Step): void {
    if (step.reasoning !== undefined)
      this.#log.append({ type: 'reasoning.ended', ...step.place, part_id: step.reasoning });
    if (step.text !== undefined) this.#log.append({ type: 'text.ended', ...step.place, part_id: step.text });
    delete step.reasoning;
    delete step.text;
  }

  #emitUsage(step: Step, counts: UsageCounts): void {
    this.#log.append({ type: 'usage', scope: 'step', ...step.place, model: step.model, ...counts });
  }

  #inNode(): { node_run_id?: string } {
    return this.#node ? { node_run_id: this.#node.node_run_id } : {};
  }
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
