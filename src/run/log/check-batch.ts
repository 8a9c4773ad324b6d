import { MillraceError } from '../../protocol/error-code.js';
import type { RunEvent } from '../../protocol/run-event.js';
import { FencedError } from './run-log.js';

/** What a writer may append next. */
export interface Expected {
  runId: string;
  epoch: number;
  /** The log's last seq. */
  lastSeq: number;
}

/**
 * Checks events before any of them is appended. Throws FencedError when their seq do not go on from the log's last, and
 * MillraceError `internal` when one does not belong into this epoch of this run, or is merged already.
 */
export function checkBatch(events: readonly RunEvent[], { runId, epoch, lastSeq }: Expected): void {
  for (const [index, event] of events.entries()) {
    const seq = lastSeq + index + 1;
    if (event.seq !== seq) throw new FencedError(`expected seq ${seq} of run ${runId}, got ${event.seq}`);
    if (
      event.run_id !== runId ||
      event.epoch !== epoch ||
      ('from_seq' in event && event.from_seq !== undefined)
    ) {
      throw new MillraceError('internal', {
        cause: new Error(`not an event of run ${runId}, epoch ${epoch}: ${event.type} ${seq}`),
      });
    }
  }
}
