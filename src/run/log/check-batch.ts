import { MillraceError } from '../../protocol/error-code.js';
import { countOf } from '../../protocol/packed.js';
import { isDelta } from '../../protocol/run-event.js';
import { FencedError, type AppendedEvent } from './run-log.js';

/** What a writer may append next. */
export interface Expected {
  runId: string;
  epoch: number;
  /** The log's last seq. */
  lastSeq: number;
}

/**
 * Checks events before any of them is appended. Throws FencedError when their seq do not go on from the log's last, and
 * MillraceError `internal` when one does not belong into this epoch of this run, or is merged without the ends of its deltas.
 */
export function checkBatch(events: readonly AppendedEvent[], { runId, epoch, lastSeq }: Expected): void {
  let before = lastSeq;
  for (const event of events) {
    const count = countOf(event);
    const seq = before + count;
    if (event.seq !== seq) throw new FencedError(`expected seq ${seq} of run ${runId}, got ${event.seq}`);
    const first = isDelta(event) ? event.from_seq : undefined;
    if (event.run_id !== runId || event.epoch !== epoch || first !== (count > 1 ? before + 1 : undefined)) {
      throw new MillraceError('internal', {
        cause: new Error(`not an event of run ${runId}, epoch ${epoch}: ${event.type} ${seq}`),
      });
    }
    before = seq;
  }
}
