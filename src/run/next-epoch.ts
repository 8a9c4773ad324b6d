import { Logger } from '@nestjs/common';
import type { RunState } from '../protocol/run-state.js';
import type { RunLog, RunLogWriter } from './log/run-log.js';
import type { RunToken } from './run-token.js';
import { snapshotOf } from './snapshot.js';

const logger = new Logger('RunLog');

/** Gives the writer of the run's next epoch. `runSoFar` is called once, for the state that the epoch begins with. */
export type NextEpoch = (runSoFar: () => RunState) => Promise<RunLogWriter>;

/**
 * How a run goes on whose log was lost or lacks events: the token in the database first, so that no zombie fences the log of a new
 * owner; then the log, opened above all that was; then its base, the run so far, which readers of before get as a snapshot.
 *
 * Rejects with FencedError when another instance has the run; anything else may be tried again.
 */
export function nextEpochOf(log: RunLog, token: RunToken): NextEpoch {
  const { runId } = token;
  /** The last epoch in which the log was to be opened. One that failed may still be done later, so each try has an epoch of its own. */
  let tried = token.epoch;
  return async (runSoFar) => {
    // While the log is away nothing is done in the database.
    const head = await log.head(runId);
    await token.take(Math.max(token.epoch, Math.max(tried, head?.epoch ?? 0) + 1));
    tried = token.epoch;
    const state = runSoFar();
    const writer = await log.open(runId, { epoch: token.epoch - 1, seq: state.seq });
    await log.trim(runId, snapshotOf(state, writer.epoch, 'lost'));
    logger.warn({ run_id: runId, epoch: writer.epoch }, 'The log of a run has lost events; it goes on anew');
    return writer;
  };
}
