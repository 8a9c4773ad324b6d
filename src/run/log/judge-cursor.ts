import type { SnapshotReason } from '../../protocol/run-snapshot.js';
import type { LogCursor } from './run-log.js';

/** An epoch and the seq of the first event that it has, or will have. */
export interface EpochStart {
  epoch: number;
  firstSeq: number;
}

export interface LogExtent {
  /** At least one, oldest first; the last is the current one. */
  epochs: readonly EpochStart[];
  /** The first seq still held. */
  firstSeq: number;
  lastSeq: number;
}

/** Says why a log that exists cannot be read after a cursor, or null when it can (design, section 5.2). */
export function judgeCursor(
  cursor: LogCursor,
  { epochs, firstSeq, lastSeq }: LogExtent,
): Exclude<SnapshotReason, 'unknown'> | null {
  const current = epochs.at(-1)!.epoch;
  if (cursor.epoch > current || (cursor.epoch === current && cursor.seq > lastSeq)) return 'ahead';
  const replaced = epochs.some((start) => start.epoch > cursor.epoch && start.firstSeq <= cursor.seq);
  if (replaced) return 'lost';
  return cursor.seq + 1 < firstSeq ? 'trimmed' : null;
}
