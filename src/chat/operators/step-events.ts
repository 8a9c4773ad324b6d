import { sendableArguments } from '../../conversation/sendable-arguments.js';
import type { ModelDelta, ModelToolCall } from '../../model/model-client.js';
import type { EventOf, FinishReason, RunEventBody } from '../../protocol/run-event.js';
import { newUlid } from '../../run/new-ulid.js';
import type { Tool } from '../../tools/tool.js';
import type { ToolCallIds } from './tool-call-ids.js';
import { PendingLogprobs } from './pending-logprobs.js';

/** A tool call of one step, as its fragments come in. */
export interface StepToolCall {
  tool_call_id: string;
  index: number;
  name: string;
  args: string;
  executor: EventOf<'tool_call.started'>['executor'];
}

type TextDelta = Extract<ModelDelta, { type: 'text' | 'reasoning' }>;

interface Fragment {
  id?: string;
  name?: string;
  /** Arguments that came before the name. */
  args: string;
  call?: StepToolCall;
}

/**
 * Turns what the model says in one step into events: it opens and closes the parts, mints their ids, and remembers the
 * calls for the next step. A part ends when another kind of content begins, so that reasoning and text keep their order.
 */
export class StepEvents {
  readonly stepId = `step_${newUlid()}`;
  readonly #messageId = `msg_${newUlid()}`;
  /** Most steps have none. */
  #calls: Map<number, Fragment> | undefined;
  #messageOpen = false;
  #open: { kind: 'text' | 'reasoning'; part_id: string } | undefined;
  #parts = 0;
  #responseId: string | undefined;
  /** Where they are wanted. */
  readonly #logprobs: PendingLogprobs | undefined;
  #finished = false;

  constructor(
    private readonly step: {
      index: number;
      model: string;
      tools: ReadonlyMap<string, Tool>;
      /** Then calls of other tools than these are the client's. */
      clientHasTools: boolean;
      /** Whether log probabilities are wanted. */
      logprobs: boolean;
      callIds: ToolCallIds;
    },
  ) {
    if (step.logprobs) this.#logprobs = new PendingLogprobs();
  }

  started(): RunEventBody {
    const { index, model } = this.step;
    return { type: 'step.started', step_id: this.stepId, index, attempt: 1, model };
  }

  /** The events of one batch of deltas, in order. */
  events(deltas: readonly ModelDelta[]): RunEventBody[] {
    const [first] = deltas;
    const more = deltas.length === 1 ? this.#more(first!) : undefined;
    // Most batches are this. A list that grows from nothing gets room for 17, for each chunk (decision 11).
    if (more) return [more];
    const events: RunEventBody[] = [];
    for (const delta of deltas) this.#add(delta, events);
    return events;
  }

  /** The calls of this step in the model's order. */
  get calls(): StepToolCall[] {
    return [...(this.#calls?.values() ?? [])]
      .flatMap(({ call }) => (call ? [call] : []))
      .sort((a, b) => a.index - b.index);
  }

  /** The calls as the next step's request carries them. */
  get toolCalls(): ModelToolCall[] {
    return this.calls.map(({ tool_call_id, name, args }) => ({
      id: tool_call_id,
      type: 'function',
      function: { name, arguments: sendableArguments(args) },
    }));
  }

  #add(delta: ModelDelta, events: RunEventBody[]): void {
    const step_id = this.stepId;
    switch (delta.type) {
      case 'text':
      case 'reasoning': {
        if (delta.delta === '') return;
        const part_id = this.#openPart(delta.type, events);
        if (delta.type === 'text') this.#addLogprobs(events);
        events.push(this.#piece(delta, part_id));
        return;
      }
      case 'refusal':
        if (delta.delta === '') return;
        this.#closePart(events);
        this.#openMessage(events);
        this.#addLogprobs(events);
        events.push({ type: 'refusal.delta', step_id, message_id: this.#messageId, delta: delta.delta });
        return;
      case 'logprobs':
        this.#logprobs?.add(delta);
        return;
      case 'tool_call':
        this.#addToolCall(delta, events);
        return;
      case 'finish':
        this.#finish(delta.finish_reason, events);
        return;
      case 'response':
        this.#responseId = delta.response_id;
        return;
      case 'usage':
        events.push({ type: 'usage', scope: 'step', step_id, model: this.step.model, ...delta.usage });
        return;
      case 'retry':
        events.push({
          type: 'warning',
          code: 'upstream_retried',
          message: `Attempt ${delta.attempt}, because of ${delta.reason}.`,
        });
        return;
    }
  }

  /** The event of what goes on with the part that is open, and is nothing but its text. */
  #more(delta: ModelDelta): RunEventBody | undefined {
    if ((delta.type !== 'text' && delta.type !== 'reasoning') || delta.delta === '') return undefined;
    if (this.#open?.kind !== delta.type || this.#logprobs) return undefined;
    return this.#piece(delta, this.#open.part_id);
  }

  #piece({ type, delta, ends }: TextDelta, part_id: string): RunEventBody {
    const step_id = this.stepId;
    return { type: type === 'text' ? 'text.delta' : 'reasoning.delta', step_id, part_id, delta, ends };
  }

  #addLogprobs(events: RunEventBody[]): void {
    const logprobs = this.#logprobs?.take();
    if (logprobs)
      events.push({ type: 'text.logprobs', step_id: this.stepId, message_id: this.#messageId, ...logprobs });
  }

  /** A call is announced once its name is known; what came of its arguments before that comes with it. */
  #addToolCall(delta: Extract<ModelDelta, { type: 'tool_call' }>, events: RunEventBody[]): void {
    this.#calls ??= new Map();
    const fragment = this.#calls.get(delta.index) ?? { args: '' };
    this.#calls.set(delta.index, fragment);
    fragment.id ??= delta.id;
    fragment.name ??= delta.name;
    if (!fragment.call && fragment.name === undefined) {
      fragment.args += delta.args;
      return;
    }
    let args = delta.args;
    if (!fragment.call) {
      args = fragment.args + delta.args;
      fragment.call = this.#announce(delta.index, fragment, events);
    }
    if (args !== '') this.#addArguments(fragment.call, args, events);
  }

  #addArguments(call: StepToolCall, delta: string, events: RunEventBody[]): void {
    const { tool_call_id, index } = call;
    call.args += delta;
    events.push({ type: 'tool_call.args.delta', step_id: this.stepId, tool_call_id, index, delta });
  }

  #announce(index: number, { id, name = '' }: Fragment, events: RunEventBody[]): StepToolCall {
    this.#closePart(events);
    this.#openMessage(events);
    const tool_call_id = this.step.callIds.take(id);
    const tool = this.step.tools.get(name);
    const executor = !tool && this.step.clientHasTools ? 'client' : 'server';
    events.push({
      type: 'tool_call.started',
      step_id: this.stepId,
      tool_call_id,
      message_id: this.#messageId,
      name,
      index,
      executor,
      server: tool?.server,
      tool: tool?.tool,
    });
    return { tool_call_id, index, name, args: '', executor };
  }

  #finish(reason: FinishReason, events: RunEventBody[]): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#closePart(events);
    for (const call of this.calls) {
      // Some models write nothing for no arguments, which clients cannot read.
      if (call.executor === 'client' && call.args === '') this.#addArguments(call, '{}', events);
    }
    if (this.#messageOpen) {
      this.#addLogprobs(events);
      events.push({ type: 'message.ended', step_id: this.stepId, message_id: this.#messageId });
    }
    events.push({
      type: 'step.finished',
      step_id: this.stepId,
      finish_reason: this.calls.length > 0 ? 'tool_calls' : withoutCalls(reason),
      response_id: this.#responseId,
    });
  }

  #openMessage(events: RunEventBody[]): void {
    if (this.#messageOpen) return;
    this.#messageOpen = true;
    events.push({
      type: 'message.started',
      step_id: this.stepId,
      message_id: this.#messageId,
      role: 'assistant',
    });
  }

  #openPart(kind: 'text' | 'reasoning', events: RunEventBody[]): string {
    if (this.#open?.kind === kind) return this.#open.part_id;
    this.#closePart(events);
    this.#openMessage(events);
    this.#parts += 1;
    const part_id = `${this.stepId}-${this.#parts}`;
    this.#open = { kind, part_id };
    events.push({
      type: kind === 'text' ? 'text.started' : 'reasoning.started',
      step_id: this.stepId,
      part_id,
      message_id: this.#messageId,
    });
    return part_id;
  }

  #closePart(events: RunEventBody[]): void {
    if (!this.#open) return;
    const { kind, part_id } = this.#open;
    this.#open = undefined;
    events.push({ type: kind === 'text' ? 'text.ended' : 'reasoning.ended', step_id: this.stepId, part_id });
  }
}

/** Some providers say that they call a tool and then call none: such an answer is at its end. */
function withoutCalls(reason: FinishReason): FinishReason {
  return reason === 'tool_calls' || reason === 'function_call' ? 'stop' : reason;
}
