import { isDelta, type RunEvent, type RunEventBody } from '../protocol/run-event.js';
import { applyEvent, emptyRunState, type RunState } from '../protocol/run-state.js';
import type { RunLogWriter } from './log/run-log.js';

/**
 * Gives a run's events their envelope and appends them in order, a batch at a time: what comes while the log is busy goes
 * with the next append. It folds what it writes, so that the state of the run is known at any moment.
 */
export class RunWriter {
  readonly state: RunState;
  #seq: number;
  #pending: RunEvent[] = [];
  #appending: Promise<void> | undefined;
  /** Set when the log refused an append; from then on the run goes on without it. */
  #failure: unknown;

  constructor(
    private readonly runId: string,
    private readonly log: RunLogWriter,
    private readonly now: () => number = Date.now,
  ) {
    this.state = emptyRunState(runId);
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
  write(bodies: readonly RunEventBody[], ts = this.now()): void {
    for (const body of bodies) {
      this.#seq += 1;
      const envelope = { v: 1 as const, run_id: this.runId, epoch: this.log.epoch, seq: this.#seq };
      const event = (isDelta(body) ? { ...envelope, ...body } : { ...envelope, ts, ...body }) as RunEvent;
      applyEvent(this.state, event);
      this.#pending.push(event);
    }
    this.#append();
  }

  /** Resolves when everything written so far is in the log, or the log has failed. */
  async flushed(): Promise<void> {
    while (this.#appending) await this.#appending;
  }

  async close(): Promise<void> {
    await this.flushed();
    if (this.#failure === undefined) await this.log.close();
  }

  /** One append at a time; the next takes all that came meanwhile. */
  #append(): void {
    if (this.#failure !== undefined) this.#pending = [];
    if (this.#appending || this.#pending.length === 0) return;
    const batch = this.#pending;
    this.#pending = [];
    this.#appending = this.log
      .append(batch)
      .catch((error: unknown) => {
        this.#failure = error;
      })
      .then(() => {
        this.#appending = undefined;
        this.#append();
      });
  }
}
