import { setTimeout as sleep } from 'node:timers/promises';
import type { RunState } from '../../protocol/run-state.js';
import { FencedError, type RunLog } from '../log/run-log.js';
import { RunWriter } from '../run-writer.js';
import { snapshotOf } from '../snapshot.js';
import type { TerminalBody } from '../terminal-event.js';

const TRY_FOR_MS = 15 * 60_000;
const WAIT_MS = 2000;

/**
 * Gives a log that was away its end, once it is back: a new epoch that begins with a snapshot of the whole run, and the terminal
 * event. The answer itself is stored already; this is for readers that still wait. Never rejects.
 * @param state the run, its terminal event folded in
 */
export async function endLate(
  log: RunLog,
  state: RunState,
  terminal: TerminalBody,
  epoch: number,
): Promise<void> {
  const through = state.seq - 1;
  for (let tried = 0; tried < TRY_FOR_MS; tried += WAIT_MS) {
    await sleep(WAIT_MS, undefined, { ref: false });
    try {
      const opened = await log.open(state.run_id, { epoch, seq: through });
      const before: RunState = { ...structuredClone(state), seq: opened.startSeq, phase: 'running' };
      await log.trim(state.run_id, snapshotOf(before, opened.epoch, 'lost'));
      const writer = new RunWriter(state.run_id, opened, { state: before });
      writer.write([terminal]);
      return await writer.close();
    } catch (error) {
      if (error instanceof FencedError) return;
    }
  }
}
