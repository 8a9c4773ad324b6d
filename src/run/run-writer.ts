import { setTimeout as sleep } from 'node:timers/promises';
import { errorKinds, MillraceError } from '../protocol/error-code.js';
import { countOf } from '../protocol/packed.js';
import { isDelta, isTerminal, type DeltaEvent, type RunEventBody } from '../protocol/run-event.js';
import { emptyRunState, type RunState } from '../protocol/run-state.js';
import { FoldedState } from './folded-state.js';
import { LogLostError } from './log/log-lost-error.js';
import { FencedError, type AppendedEvent, type RunLogWriter } from './log/run-log.js';
import type { NextEpoch } from './next-epoch.js';
import { PendingEvents } from './pending-events.js';

export interface RunWriterOptions {
  /** What was folded before, where the run goes on with another writer. */
  state?: RunState;
  /**
   * Gets the events of each write, for checkpoints: also those that a failing log does not take. What it throws is thrown by `write`, once:
   * the end of the run can still be written.
   */
  appended?: (events: readonly AppendedEvent[]) => void;
  /** How the run goes on when its log was lost. Without it no log is waited for: the first failure is the last. */
  nextEpoch?: NextEpoch;
  /** Called once, when this writer stops for good: another one has the run, or the log did not come back. */
  failed?: (error: unknown) => void;
  now?: () => number;
}

type DeltaBody = Extract<RunEventBody, { type: DeltaEvent['type'] }>;

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2000;
/** A log that was away for longer is told of, once it is back. */
const LONG_MS = 5000;
/** How long after its end a run tries to give its log that end. The answer is stored already. */
const END_PATIENCE_MS = 15 * 60_000;

/**
 * Gives a run's events their envelope and appends them in order, a batch at a time: what comes while the log is busy goes
 * with the next append. It folds what it writes, so that the state of the run is known at any moment.
 *
 * What a log that is away cannot take is kept and appended later. When that becomes too much, or the log says that it is lost, the
 * events are let go, and the run goes on in a new epoch of its log that begins with the state. Both are tried until they succeed;
 * the run itself does not wait.
 */
export class RunWriter {
  readonly #state: FoldedState;
  readonly #options: RunWriterOptions;
  readonly #now: () => number;
  #appended: RunWriterOptions['appended'];
  #log: RunLogWriter;
  #seq: number;
  readonly #pending = new PendingEvents();
  /** False when the log and what is pending are not the whole run: the log needs a new base. */
  #whole = true;
  /** The terminal event and the state before it, once it is written. */
  #end: { event: AppendedEvent; before: RunState } | undefined;
  /** The seq of the terminal event is known elsewhere: nothing is said any more that was not asked for. */
  #sealed = false;
  #closing: number | undefined;
  #closed = false;
  #idle = false;
  #asking = false;
  #awaySince: number | undefined;
  #working: Promise<void> | undefined;
  #settled: (() => void) | undefined;
  #failure: unknown;

  constructor(
    private readonly runId: string,
    log: RunLogWriter,
    options: RunWriterOptions = {},
  ) {
    this.#state = new FoldedState(options.state ?? emptyRunState(runId));
    this.#options = options;
    this.#appended = options.appended;
    this.#now = options.now ?? Date.now;
    this.#log = log;
    this.#seq = log.startSeq;
  }

  /** The run so far: one object, which `write` changes. */
  get state(): RunState {
    return this.#state.current;
  }

  get epoch(): number {
    return this.#log.epoch;
  }

  get seq(): number {
    return this.#seq;
  }

  /** Why this writer has stopped for good. */
  get failure(): unknown {
    return this.#failure;
  }

  /** True while the log does not take what is written. */
  get isAway(): boolean {
    return this.#awaySince !== undefined;
  }

  /** `at` is when it happened, where that was decided before. */
  write(bodies: readonly RunEventBody[], at?: number): void {
    // As long as it will be: a list that grows from nothing gets room for 17, for each chunk (decision 11).
    const events = new Array<AppendedEvent>(bodies.length);
    let ts = at;
    for (let index = 0; index < bodies.length; index += 1) {
      const body = bodies[index]!;
      // Deltas have no time, and to ask for it costs as much as to envelope one.
      const event = isDelta(body) ? this.#delta(body) : this.#stamped(body, (ts ??= this.#now()));
      if (isTerminal(event)) this.#end = { event, before: { ...this.state } };
      this.#state.apply(event);
      events[index] = event;
    }
    this.#idle = false;
    try {
      this.#appended?.(events);
    } catch (error) {
      this.#appended = undefined;
      throw error;
    } finally {
      if (!this.#appendNow(events)) {
        for (const event of events) this.#keep(event);
        this.#work();
      }
    }
  }

  /** The seq of the terminal event, which must be the next one to be written. */
  seal(): number {
    this.#sealed = true;
    return this.#seq + 1;
  }

  /** Finds out whether the log is still there, if nothing was written since the last call. */
  check(): void {
    if (this.#idle && this.#closing === undefined) {
      this.#asking = true;
      this.#work();
    }
    this.#idle = true;
  }

  /** Resolves when everything written so far is in the log, or this writer has stopped. */
  async flushed(): Promise<void> {
    while (this.#working) await this.#working;
  }

  /**
   * Says that nothing more will come. Resolves when all is in the log, or this writer has stopped, or the log is away: then the rest is
   * done when it is back.
   */
  close(): Promise<void> {
    this.#closing = performance.now();
    this.#work();
    if (!this.#working || this.isAway) return Promise.resolve();
    return new Promise((resolve) => {
      this.#settled = resolve;
    });
  }

  #stamped(body: Exclude<RunEventBody, DeltaBody>, ts: number): AppendedEvent {
    this.#seq += 1;
    return { v: 1, run_id: this.runId, epoch: this.#log.epoch, seq: this.#seq, ts, ...body };
  }

  #delta(body: DeltaBody): AppendedEvent {
    const { epoch } = this.#log;
    const first = this.#seq + 1;
    this.#seq += countOf(body);
    const seq = this.#seq;
    if (body.type === 'text.delta' || body.type === 'reasoning.delta') {
      // Written out, because most events are these: all have one shape then, and a spread takes several times as long.
      const { type, step_id, part_id, node_run_id, delta, ends } = body;
      const from_seq = seq === first ? undefined : first;
      const run_id = this.runId;
      return { v: 1, run_id, epoch, seq, from_seq, type, step_id, part_id, node_run_id, delta, ends };
    }
    const envelope = { v: 1 as const, run_id: this.runId, epoch, seq };
    if (seq === first) return { ...envelope, ...body };
    return { ...envelope, from_seq: first, ...body };
  }

  /** True when the log took them at once, which it can if nothing is before them. What it refuses is tried again as it always is. */
  #appendNow(events: readonly AppendedEvent[]): boolean {
    if (!this.#log.appendNow || this.#working || this.#isDue || this.#failure !== undefined) return false;
    try {
      this.#log.appendNow(events);
      return true;
    } catch {
      return false;
    }
  }

  #keep(event: AppendedEvent): void {
    if (this.#failure !== undefined || (!this.#whole && !isTerminal(event))) return;
    this.#pending.push(event);
    if (this.isAway && this.#pending.isTooMuch) this.#letGo();
  }

  /** From now on there is only the state. The terminal event is no part of it. */
  #letGo(): void {
    this.#whole = false;
    this.#pending.clear();
    if (this.#end) this.#pending.push(this.#end.event);
  }

  #work(): void {
    if (!this.#working && this.#isDue) this.#working = this.#run();
  }

  get #isDue(): boolean {
    if (this.#failure !== undefined) return false;
    return !this.#pending.isEmpty || !this.#whole || this.#asking || this.#mustClose;
  }

  get #mustClose(): boolean {
    return this.#closing !== undefined && !this.#closed;
  }

  async #run(): Promise<void> {
    for (let wait = FIRST_WAIT_MS; this.#isDue;) {
      try {
        await this.#step();
        wait = FIRST_WAIT_MS;
      } catch (error) {
        if (!this.#goesOn(error)) break;
        await sleep(wait * (0.8 + 0.2 * Math.random()), undefined, { ref: this.#closing === undefined });
        wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      }
    }
    this.#working = undefined;
    this.#settled?.();
  }

  /** One append at a time; the next takes all that came meanwhile. */
  async #step(): Promise<void> {
    const anew = !this.#whole;
    if (anew) await this.#beginEpoch();
    if (!this.#whole) return;
    const batch = this.#pending.take();
    try {
      if (batch.length > 0 || this.#asking) await this.#log.append(batch);
      this.#pending.taken();
    } catch (error) {
      this.#pending.putBack();
      throw error;
    }
    this.#asking = false;
    // What came meanwhile may have been too much.
    if (!this.#whole) return;
    if (this.#awaySince !== undefined) this.#back(this.#awaySince, anew);
    if (this.#mustClose && this.#pending.isEmpty) {
      await this.#log.close();
      this.#closed = true;
    }
  }

  async #beginEpoch(): Promise<void> {
    try {
      this.#log = await this.#options.nextEpoch!(() => {
        this.#letGo();
        this.#whole = true;
        return structuredClone(this.#end?.before ?? this.state);
      });
    } catch (error) {
      this.#whole = false;
      throw error;
    }
    this.#pending.moveTo(this.#log.epoch);
  }

  #back(since: number, anew: boolean): void {
    this.#awaySince = undefined;
    if (this.#sealed || (!anew && performance.now() - since < LONG_MS)) return;
    this.write([{ type: 'warning', code: 'log_degraded', message: errorKinds.log_degraded.text }]);
  }

  /** False when this writer stops for good. */
  #goesOn(error: unknown): boolean {
    const outOfPatience = this.#closing !== undefined && performance.now() - this.#closing > END_PATIENCE_MS;
    if (error instanceof FencedError || !this.#options.nextEpoch || outOfPatience) {
      this.#failure = error;
      this.#pending.clear();
      this.#options.failed?.(error);
      return false;
    }
    this.#awaySince ??= performance.now();
    if (!isAbsence(error) || !this.#whole || this.#pending.isTooMuch) this.#letGo();
    this.#settled?.();
    return true;
  }
}

/** True for a log, or a database, that does not answer or is full: what it holds is as it was. */
function isAbsence(error: unknown): boolean {
  if (!(error instanceof MillraceError) || error instanceof LogLostError) return false;
  return ['log_unavailable', 'storage_failed', 'storage_full'].includes(error.code);
}
