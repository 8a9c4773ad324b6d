import { isRecord } from './shape.js';

/** A tool call of one model answer, pieced together from its deltas. */
export interface ToolCallDraft {
  /** The model's number of the call within the answer. */
  readonly index: number;
  /** Every id that the provider gave it; its result may come under any of them. */
  readonly ids: string[];
  name: string;
  /** All of the arguments so far. */
  args: string;
  /** How much of `args` was passed on; null until the call was announced. */
  sent: number | null;
}

export interface ToolCallSink {
  /** The call's id and name are settled. */
  started(call: ToolCallDraft): void;
  args(call: ToolCallDraft, delta: string): void;
}

/**
 * Pieces together the tool calls of one answer from OpenAI deltas as providers really send them: the id may come late, the name
 * in pieces or in every delta, `function` may be null, and several calls may come under one index. A call is announced
 * once, when its arguments begin, so that its name and id are whole by then.
 */
export class ToolCallDrafts {
  readonly #calls: ToolCallDraft[] = [];
  readonly #sink: ToolCallSink;

  constructor(sink: ToolCallSink) {
    this.#sink = sink;
  }

  get calls(): readonly ToolCallDraft[] {
    return this.#calls;
  }

  add(item: unknown): void {
    if (!isRecord(item)) return;
    const details = isRecord(item['function']) ? item['function'] : {};
    const id = textOf(item['id']);
    const name = textOf(details['name']);
    const args = textOf(details['arguments']);
    const call = this.#callOf(item['index'], id, name);
    if (id !== '' && !call.ids.includes(id)) call.ids.push(id);
    if (call.sent === null && name !== call.name) call.name += name;
    call.args += args;
    if (call.args !== '') this.#passOn(call);
  }

  /** Announces what was held back, whole or not. */
  settle(): void {
    for (const call of this.#calls) {
      if (call.sent === null) this.#announce(call);
      this.#passOn(call);
    }
  }

  #callOf(index: unknown, id: string, name: string): ToolCallDraft {
    const number = typeof index === 'number' && Number.isSafeInteger(index) && index >= 0 ? index : null;
    const same =
      number === null
        ? (this.#calls.findLast((call) => id !== '' && call.ids.includes(id)) ??
          (id === '' ? this.#calls.at(-1) : undefined))
        : this.#calls.findLast((call) => call.index === number);
    if (same && !isAnother(same, id, name)) return same;
    for (const earlier of this.#calls) {
      if (earlier.sent === null && earlier.ids.length > 0 && earlier.name !== '') this.#announce(earlier);
    }
    const call: ToolCallDraft = {
      index: number ?? this.#calls.length,
      ids: [],
      name: '',
      args: '',
      sent: null,
    };
    this.#calls.push(call);
    return call;
  }

  #passOn(call: ToolCallDraft): void {
    if (call.sent === null) {
      if (call.ids.length === 0 || call.name === '') return;
      this.#announce(call);
    }
    const delta = call.args.slice(call.sent ?? 0);
    if (delta === '') return;
    call.sent = call.args.length;
    this.#sink.args(call, delta);
  }

  #announce(call: ToolCallDraft): void {
    call.sent = 0;
    this.#sink.started(call);
  }
}

/** A whole new call under an index that is taken: another id, and a name of its own. */
function isAnother(call: ToolCallDraft, id: string, name: string): boolean {
  return id !== '' && name !== '' && call.ids.length > 0 && !call.ids.includes(id);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
