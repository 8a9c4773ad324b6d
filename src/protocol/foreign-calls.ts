import type { ForeignLog, StepPlace } from './foreign-log.js';
import type { ToolCallDraft } from './foreign-tool-calls.js';
import { ToolCallDrafts } from './foreign-tool-calls.js';
import type { EventOf, ToolStatus } from './run-event.js';

interface Call {
  tool_call_id: string;
  place: StepPlace;
  draft: ToolCallDraft;
  since: number;
  answered: boolean;
}

/**
 * The tool calls of a foreign run and their outcomes. In the events an id is one call, whatever the provider does; results find
 * their call by any id that the provider gave it.
 */
export class ForeignCalls {
  readonly #log: ForeignLog;
  readonly #calls: Call[] = [];
  readonly #taken = new Set<string>();

  constructor(log: ForeignLog) {
    this.#log = log;
  }

  /** Collects the calls of a new answer. */
  drafts(place: StepPlace, message_id: string): ToolCallDrafts {
    return new ToolCallDrafts({
      started: (draft) =>
        void this.#start(place, message_id, draft.ids.at(-1) ?? this.#log.mint('call'), draft),
      args: (draft, delta) => this.#args(place, draft, delta),
    });
  }

  /** Reads the arguments of an answer's calls, now that they are whole. */
  check(drafts: ToolCallDrafts): void {
    for (const call of this.#calls) if (drafts.calls.includes(call.draft)) this.#check(call);
  }

  /** 'new' when no call has this id; 'answered' when all that have it got their result. */
  stateOf(id: string): 'open' | 'answered' | 'new' {
    const known = this.#calls.filter((call) => call.draft.ids.includes(id));
    if (known.length === 0) return 'new';
    return known.every((call) => call.answered) ? 'answered' : 'open';
  }

  /**
   * A result whose call was never seen is shown as a call without a name, so that nothing is lost. No later result belongs to
   * it: the seed calls every one `unknown` whose call it lost itself.
   */
  answerStray(place: StepPlace, message_id: string, id: string, content: string, status: ToolStatus): void {
    const call = this.#start(place, message_id, id, { index: 0, ids: [], name: '', args: '', sent: 0 });
    this.#answer(call, content, status);
  }

  /** Answers the first open call of that id in the last step that has one: a step's results come before the next step. */
  answer(id: string, content: string, status: ToolStatus): void {
    const open = this.#calls.filter((call) => !call.answered && call.draft.ids.includes(id));
    const step = open.at(-1)?.place.step_id;
    const call = open.find((one) => one.place.step_id === step);
    if (call) this.#answer(call, content, status);
  }

  /** Every call has exactly one outcome. */
  close(): void {
    for (const call of this.#calls) if (!call.answered) this.#answer(call, '', 'unknown');
  }

  #start(place: StepPlace, message_id: string, id: string, draft: ToolCallDraft): Call {
    const tool_call_id = this.#unique(id);
    const call: Call = { tool_call_id, place, draft, since: this.#log.now(), answered: false };
    this.#calls.push(call);
    const { index, name } = draft;
    this.#log.append({
      type: 'tool_call.started',
      ...place,
      tool_call_id,
      message_id,
      name,
      index,
      executor: 'server',
    });
    return call;
  }

  #args(place: StepPlace, draft: ToolCallDraft, delta: string): void {
    const call = this.#calls.findLast((one) => one.draft === draft);
    if (!call) return;
    const { tool_call_id } = call;
    this.#log.append({ type: 'tool_call.args.delta', ...place, tool_call_id, index: draft.index, delta });
  }

  #check({ place, tool_call_id, draft }: Call): void {
    try {
      const input = JSON.parse(draft.args === '' ? '{}' : draft.args) as EventOf<'tool_call.ready'>['input'];
      this.#log.append({ type: 'tool_call.ready', ...place, tool_call_id, input });
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'The arguments are not JSON.';
      this.#log.append({ type: 'tool_call.invalid', ...place, tool_call_id, reason });
    }
  }

  #answer(call: Call, content: string, status: ToolStatus): void {
    call.answered = true;
    const { tool_call_id, since, place } = call;
    this.#log.append({
      type: 'tool_result',
      ...place,
      tool_call_id,
      result_message_id: this.#log.mint('result'),
      status,
      content,
      duration_ms: this.#log.since(since),
    });
  }

  #unique(id: string): string {
    let unique = id;
    for (let n = 2; this.#taken.has(unique); n += 1) unique = `${id}~${n}`;
    this.#taken.add(unique);
    return unique;
  }
}
