import type { Kysely } from 'kysely';
import { messagesOfRun } from '../../../src/conversation/messages-of-run.js';
import type { Database } from '../../../src/database/schema.js';
import type { RunEventBody } from '../../../src/protocol/run-event.js';
import type { RunState } from '../../../src/protocol/run-state.js';
import { closeOpenParts } from '../../../src/run/close-open-parts.js';
import { FencedError, type LogCursor } from '../../../src/run/log/run-log.js';
import { RunCancelled } from '../../../src/run/run-cancelled.js';
import { RunWriter } from '../../../src/run/run-writer.js';
import type { RunRow } from '../../../src/run/run.store.js';
import { snapshotOf } from '../../../src/run/snapshot.js';
import { STATE_OF, terminalEvent, type TerminalBody } from '../../../src/run/terminal-event.js';
import { ada, addTurn } from '../../support/conversations.js';
import type { Instance } from '../../support/instance.js';
import type { Truth } from './truth.js';

const ENDED_AT = 2;
const outcomes = {
  completed: {},
  failed: { error: new Error('no') },
  cancelled: { error: new RunCancelled('user') },
};

let conversations = 0;

/** One run, written as the protocol of the log says, by one writer after the other. */
export class WrittenRun {
  #writer!: RunWriter;
  readonly #earlier: RunWriter[] = [];
  /** Its row says that it has ended. */
  ended = false;
  /** A live writer holds the log. */
  #live = false;

  constructor(
    readonly truth: Truth,
    private readonly instances: readonly Instance[],
    private readonly script: RunEventBody[],
  ) {}

  get id(): string {
    return this.truth.runId;
  }

  static async begin(
    instances: readonly Instance[],
    db: Kysely<Database>,
    script: readonly RunEventBody[],
    truthOf: (runId: string) => Truth,
  ): Promise<WrittenRun> {
    const runId = await addTurn(db, `schedule-${(conversations += 1)}`, { unfinished: true });
    const run = new WrittenRun(truthOf(runId), instances, [...script]);
    run.#take(new RunWriter(runId, await instances[0]!.log.open(runId), { now: () => 1 }));
    await run.append(1);
    return run;
  }

  /** A writer goes on with it. */
  get #works(): boolean {
    return this.#live && !this.ended;
  }

  async append(events: number): Promise<void> {
    if (!this.#works) return;
    await this.#write(this.script.splice(0, events));
  }

  async fence(on: number): Promise<void> {
    if (!this.#works || !this.truth.model.exists) return;
    await this.#openAnew(on, this.truth.head, structuredClone(this.#writer.state));
  }

  async lose(on: number, lost: number): Promise<void> {
    if (!this.#works) return;
    await this.drop(on);
    const kept = this.truth.positions.findLast(({ seq }) => seq <= Math.max(this.#writer.seq - lost, 1));
    const state = JSON.parse(this.truth.stateAt(kept!)) as RunState;
    await this.#openAnew(on, kept!, state, true);
  }

  async drop(on: number): Promise<void> {
    if (!this.#live && !this.ended) return;
    await this.#instance(on).log.drop(this.id);
    this.truth.disturbed ||= this.instances.length > 1;
  }

  async trim(on: number, pick: number): Promise<void> {
    const held = this.truth.held.filter(({ seq }) => seq > 0);
    const at = held[pick % held.length];
    if (!at || this.truth.model.closed) return;
    const state = JSON.parse(this.truth.stateAt(at)) as RunState;
    await this.#instance(on).log.trim(this.id, snapshotOf(state, at.epoch, 'trimmed'));
    this.truth.disturbed ||= this.instances.length > 1;
  }

  /** What an earlier writer says is in no log. */
  async zombie(events: number): Promise<void> {
    const writer = this.#earlier.at(-1);
    if (!writer) return;
    writer.write(
      Array.from({ length: events }, () => ({ type: 'warning', code: 'zombie', message: 'still here' })),
    );
    await writer.flushed();
    if (!(writer.failure instanceof FencedError)) throw new Error('a zombie was not fenced');
  }

  async recover(on: number): Promise<void> {
    const row = await this.#row();
    // As the leases do: of an ended run only the log's end may be missing.
    if (row.terminal !== null && (!this.truth.model.exists || this.truth.model.closed)) return;
    this.#retire();
    const { recovery, id } = this.#instance(on);
    await recovery.recover(row, id);
    this.ended = true;
    this.truth.disturbed ||= this.instances.length > 1;
  }

  async end(how: keyof typeof outcomes, dies: boolean): Promise<void> {
    if (!this.#works) return;
    const writer = this.#writer;
    const terminal = terminalEvent(writer.state, outcomes[how], 'api_error');
    await this.#write(closeOpenParts(writer.state, 'cancelled'));
    if (!this.#live) return;
    await this.#commit(terminal);
    this.ended = true;
    if (dies) return;
    writer.write([terminal], ENDED_AT);
    await writer.close();
    this.#retire();
  }

  async expire(): Promise<void> {
    if (!this.ended || this.#live) return;
    await this.drop(0);
  }

  async #commit(terminal: TerminalBody): Promise<void> {
    const { state, epoch, seq } = this.#writer;
    const stored = await this.instances[0]!.store.finish(
      this.id,
      epoch,
      {
        state: STATE_OF[terminal.type],
        terminal,
        usage: state.usage,
        lastSeq: seq + 1,
        releaseKey: false,
        messages: [{ role: 'user', content: 'hello' }, ...messagesOfRun(state)],
      },
      ENDED_AT,
    );
    if (!stored) throw new Error('the end of a run was refused to its owner');
  }

  async #write(bodies: readonly RunEventBody[]): Promise<void> {
    this.#writer.write(bodies);
    await this.#writer.flushed();
    const { failure } = this.#writer;
    // A log that was dropped is written by nobody, until the run is recovered or its log made anew.
    if (failure !== undefined && !(failure instanceof FencedError)) throw failure as Error;
  }

  async #openAnew(on: number, after: LogCursor, state: RunState, lost = false): Promise<void> {
    const { log, store, id } = this.#instance(on);
    const row = await store.takeOver(await this.#row(), id);
    const opened = await log.open(this.id, { epoch: row!.epoch - 1, seq: after.seq });
    state.seq = opened.startSeq;
    if (lost) await log.trim(this.id, snapshotOf(structuredClone(state), opened.epoch, 'lost'));
    this.truth.disturbed ||= this.instances.length > 1;
    this.#retire();
    this.#take(new RunWriter(this.id, opened, { state, now: () => 1 }));
  }

  #take(writer: RunWriter): void {
    this.#writer = writer;
    this.#live = true;
  }

  #retire(): void {
    if (this.#live) this.#earlier.push(this.#writer);
    this.#live = false;
  }

  #instance(on: number): Instance {
    return this.instances[on % this.instances.length]!;
  }

  async #row(): Promise<RunRow> {
    return (await this.instances[0]!.store.find(ada, this.id))!;
  }
}
