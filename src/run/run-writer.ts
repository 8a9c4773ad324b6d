import { setTimeout as sleep } from 'node:timers/promises';
import { isDelta, type RunEvent, type RunEventBody } from '../protocol/run-event.js';
import { applyEvent, emptyRunState, type RunState } from '../protocol/run-state.js';
import { FencedError, type RunLogWriter } from './log/run-log.js';

export interface RunWriterOptions {
  /** What was folded before, where the run goes on with another writer. */
  state?: RunState;
  /** Gets the events of each write, for checkpoints: also those that a failing log does not take. */
  appended?: (events: readonly RunEvent[]) => void;
  /** Called once, when the log has another writer, or was away for too long; the run goes on without it. */
  failed?: (error: unknown) => void;
  now?: () => number;
}

/** How long a log may be away before the run goes on without it. */
const LOG_PATIENCE_MS = 60_000;

/**
 * Gives a run's events their envelope and appends them in order, a batch at a time: what comes while the log is busy goes
 * with the next append. It folds what it writes, so that the state of the run is known at any moment.
 */
export class RunWriter {
  readonly state: RunState;
  readonly #appended: (events: readonly RunEvent[]) => void;
  readonly #failed: (error: unknown) => void;
  readonly #now: () => number;
  #seq: number;
  #pending: RunEvent[] = [];
  #appending: Promise<void> | undefined;
  /** Set when the log refused an append; from then on the run goes on without it. */
  #failure: unknown;

  constructor(
    private readonly runId: string,
    private readonly log: RunLogWriter,
    {
      state = emptyRunState(runId),
      appended = () => {},
      failed = () => {},
      now = Date.now,
    }: RunWriterOptions = {},
  ) {
    this.state = state;
    this.#appended = appended;
    this.#failed = failed;
    this.#now = now;
    this.#seq = log.startSeq;
  }

  get epoch(): number {
    return this.log.epoch;
  }

  get seq(): number {
    return this.#seq;
  }

  get failure(): unknown {
    return this.#failure;
  }

  /** `ts` is when it happened, where that was decided before. */
  write(bodies: readonly RunEventBody[], ts = this.#now()): void {
    const events: RunEvent[] = [];
    for (const body of bodies) {
      this.#seq += 1;
      const envelope = { v: 1 as const, run_id: this.runId, epoch: this.log.epoch, seq: this.#seq };
      const event = (isDelta(body) ? { ...envelope, ...body } : { ...envelope, ts, ...body }) as RunEvent;
      applyEvent(this.state, event);
      this.#pending.push(event);
      events.push(event);
    }
    this.#appended(events);
    this.#append();
  }

  /** Resolves when everything written so far is in the log, or the log has failed. */
  async flushed(): Promise<void> {
    while (this.#appending) await this.#appending;
  }

  async close(): Promise<void> {
    await this.flushed();
    if (this.#failure === undefined) await this.#patiently(() => this.log.close());
  }

  /** One append at a time; the next takes all that came meanwhile. */
  #append(): void {
    if (this.#failure !== undefined) this.#pending = [];
    if (this.#appending || this.#pending.length === 0) return;
    const batch = this.#pending;
    this.#pending = [];
    this.#appending = this.#patiently(() => this.log.append(batch)).then(() => {
      this.#appending = undefined;
      this.#append();
    });
  }

  /** A log that is away is waited for, and the same is done again; one that has another writer is not ours any more. */
  async #patiently(act: () => Promise<void>): Promise<void> {
    const giveUp = performance.now() + LOG_PATIENCE_MS;
    for (let wait = 100; ; wait = Math.min(wait * 2, 2000)) {
      try {
        return await act();
      } catch (error) {
        if (error instanceof FencedError || performance.now() > giveUp) {
          this.#failure = error;
          this.#failed(error);
          return;
        }
      }
      await sleep(wait);
    }
  }
}
