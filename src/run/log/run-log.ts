import type { RunEvent } from '../../protocol/run-event.js';
import type { RunSnapshot, SnapshotReason } from '../../protocol/run-snapshot.js';

/** A place in one run's log. `seq` 0 is before the first event. */
export interface LogCursor {
  epoch: number;
  seq: number;
}

/** Thrown by `append` when another writer has opened the log, or the expected seq is not the log's own. */
export class FencedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FencedError';
  }
}

/** The one writer of a run, for one epoch. */
export interface RunLogWriter {
  readonly epoch: number;
  /** The seq after which this writer goes on: the last one of the epochs before it. */
  readonly startSeq: number;
  /**
   * Appends events whose `seq` go on from the log's last without a hole, all or none, and resolves when readers may see them.
   * Deltas are given one by one (no `from_seq`). Rejects with FencedError when this writer is no longer the run's.
   */
  append(events: readonly RunEvent[]): Promise<void>;
  /** Says that nothing more will come: the retention time begins. */
  close(): Promise<void>;
}

export type LogRead =
  /** Events after the cursor, oldest first, at most `limit` of them. `cursor` is where reading goes on; empty means: at the head. */
  | { kind: 'events'; events: readonly RunEvent[]; cursor: LogCursor }
  /** The cursor cannot be served. The reader gets a snapshot instead. */
  | { kind: 'gap'; reason: SnapshotReason };

export interface LogHead extends LogCursor {
  /** The first seq that can still be read; greater than 1 after a trim. */
  firstSeq: number;
  closed: boolean;
}

export interface ReadOptions {
  /** At most this many events (a merged delta counts as one). Default 512. */
  limit?: number;
  /** Merge adjacent deltas of one part. Default true. The text of a merged delta stays below about 16 KiB. */
  merge?: boolean;
}

/**
 * The ordered event log of runs, in which everything a reader may see is held before it is sent.
 *
 * A cursor (e, n) is valid when n is below the first seq of epoch e+1, or, in the current epoch, not above the last seq.
 * Reading then goes on at n+1 across the border. Everything else is a gap: `unknown` (no such log), `lost` (the tail of that
 * epoch was replaced), `ahead` (after the head), `trimmed` (before the first seq still held).
 */
export interface RunLog {
  /** Opens the log for writing in the next epoch, which fences every older writer. The first epoch of a run is 1. */
  open(runId: string): Promise<RunLogWriter>;
  /** `after: null` reads from the beginning. */
  read(runId: string, after: LogCursor | null, options?: ReadOptions): Promise<LogRead>;
  /** The last position, or null when there is no such log. */
  head(runId: string): Promise<LogHead | null>;
  /**
   * Calls `advanced` after each append and on close, at least once for any number of them that come together. It says only
   * that there is more; readers pull. Returns the function that ends it.
   */
  watch(runId: string, advanced: () => void): () => void;
  /** Forgets the events up to `snapshot.through_seq`; readers with an older cursor get a snapshot made from this one. */
  trim(runId: string, snapshot: RunSnapshot): Promise<void>;
  /** The snapshot that stands for the trimmed beginning, or null. */
  base(runId: string): Promise<RunSnapshot | null>;
  /** Forgets the whole log. */
  drop(runId: string): Promise<void>;
}
export const RUN_LOG = Symbol('RunLog');
