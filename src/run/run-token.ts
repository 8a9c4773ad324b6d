import { FencedError } from './log/run-log.js';
import type { RunStore } from './run.store.js';

/**
 * The right of this process to write a run: the epoch that the run's row names, with this instance as its owner. Every write of
 * the run to the database carries it. A new epoch of the log needs a new one.
 */
export class RunToken {
  #asked: number;

  constructor(
    private readonly store: Pick<RunStore, 'moveEpoch'>,
    readonly runId: string,
    private readonly instanceId: string,
    public epoch = 1,
  ) {
    this.#asked = epoch;
  }

  /**
   * Moves the row to `epoch`; without it, to the one that was asked for last, whose answer may have been lost. Rejects with
   * FencedError when the run is another instance's, and as the database does.
   */
  async take(epoch = this.#asked): Promise<void> {
    this.#asked = Math.max(this.#asked, epoch);
    const { runId, instanceId } = this;
    const moved = await this.store.moveEpoch(runId, instanceId, { from: this.epoch, to: this.#asked });
    if (!moved) throw new FencedError(`run ${runId} is another instance's`);
    this.epoch = this.#asked;
  }
}
