import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { FencedError } from './log/run-log.js';
import { RunInterrupted } from './run-cancelled.js';
import type { RunToken } from './run-token.js';

const LONGEST_WAIT_MS = 2000;

/**
 * Does a write of a run to the database under the run's token, however long the database is away. `write` returns false when the row
 * of the run is in another epoch; then the token is taken anew and it is done again, so it must be safe to do twice. Rejects with the
 * signal's reason, and with RunInterrupted when the run is another instance's.
 */
export async function keepUnderToken(
  token: Pick<RunToken, 'runId' | 'epoch' | 'take'>,
  signal: AbortSignal,
  write: (epoch: number) => Promise<boolean>,
): Promise<void> {
  for (let wait = 50; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    signal.throwIfAborted();
    try {
      if (await write(token.epoch)) return;
      await token.take();
    } catch (error) {
      if (error instanceof FencedError) throw new RunInterrupted();
      new Logger('RunExecutor').warn(
        { run_id: token.runId, err: error },
        'What a run has done could not be stored; trying again',
      );
      await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
