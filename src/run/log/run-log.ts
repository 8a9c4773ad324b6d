import type { Packed } from '../../protocol/packed.js';
import type { RunEvent } from '../../protocol/run-event.js';
import type { RunSnapshot, SnapshotReason } from '../../protocol/run-snapshot.js';
import type { ReaderMarks } from '../reader-marks.js';

/** A place in one run's log. `seq` 0 is before the first event. */
export interface LogCursor {
  readonly epoch: number;
  readonly seq: number;
}

/** A run's position before its first event, in no epoch yet. */
export const LOG_START: LogCursor = { epoch: 0, seq: 0 };

/**
 * Thrown by a writer that is no longer the run's: another one has opened the log, the log was dropped, this one has closed it,
 * or what it appends does not go on from the log's last seq. It must stop, and write nothing more for this run anywhere.
 */
export class FencedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FencedError';
  }
}

/** The refusal of `RunLog.open`. */
export function tooLate(runId: string, after: LogCursor): FencedError {
  return new FencedError(`the log of run ${runId} is in a later epoch than ${after.epoch}`);
}

/** An event as a writer gives it. */
export type AppendedEvent = Packed<RunEvent>;

/** The one writer of a run, for one epoch. */
export interface RunLogWriter {
  readonly epoch: number;
  /** The seq after which this writer goes on: the last one of the epochs before it. */
  readonly startSeq: number;
  /**
   * Appends events whose `seq` go on from the log's last without a hole, all or none, and resolves when readers may see them.
   * Deltas are given one by one, or packed: `from_seq` is the seq of the first of them then, and `seq` that of the last. The events are
   * the log's from then on: nobody changes them. Rejects with FencedError when this writer is no longer the run's, and with
   * MillraceError `internal` when an event is another run's or epoch's, or is merged without the ends of its deltas; nothing is appended then.
   */
  append(events: readonly AppendedEvent[]): Promise<void>;
  /** The same at once, and throwing; absent where appending takes time. */
  appendNow?(events: readonly AppendedEvent[]): void;
  /**
   * Says that nothing more will come: the retention time begins. Closing twice does nothing. Rejects with FencedError like
   * `append`.
   */
  close(): Promise<void>;
}

export type LogRead =
  /**
   * Events after the cursor, oldest first, at most `limit` of them. `cursor` is where reading goes on; empty means: at the head, and
   * when the log is `closed`: at the end.
   */
  | { kind: 'events'; events: readonly RunEvent[]; cursor: LogCursor; closed: boolean }
  /** The cursor cannot be served. The reader gets a snapshot instead. */
  | { kind: 'gap'; reason: SnapshotReason };

/**
 * Is told that there may be more, which readers pull. A log may give the event of an append of one event, as `read` gives it to whoever
 * stands right before it, so that such a reader need not read; it need not give any.
 */
export type Advanced = (event?: RunEvent) => void;

export interface LogHead extends LogCursor {
  /** The first seq that can still be read; greater than 1 after a trim. */
  firstSeq: number;
  closed: boolean;
  /** About how many characters the events hold that can still be read, for a bound on the log of a run. */
  size: number;
}

export interface ReadOptions {
  /** At most this many events (a merged delta counts as one). Default 512. */
  limit?: number;
  /** Merge adjacent deltas of one part. Default true. */
  merge?: boolean;
}

export const DEFAULT_READ_LIMIT = 512;

/** The most text of a merged delta, in UTF-16 code units. A single delta that is longer stays whole. */
export const MERGED_TEXT_LIMIT = 16 * 1024;

/**
 * The ordered event log of runs, in which everything a reader may see is held before it is sent.
 *
 * A cursor (e, n) is valid when n is below the first seq of every later epoch, or, in the current epoch, not above the last
 * seq. Reading then goes on at n+1 across the border. Everything else is a gap: `unknown` (no such log), `lost` (the tail of that
 * epoch was replaced), `ahead` (after the head), `trimmed` (before the first seq still held).
 */
export interface RunLog {
  /** Who reads which run on other instances; absent where there are none. */
  readonly marks?: ReaderMarks;
  /**
   * Opens the log for writing in the epoch after `after`, which fences every writer before. The first epoch of a run is 1. A closed
   * log is open again. Rejects with FencedError when the log is in a later epoch than `after`: whoever was held up between taking the
   * run's token and this is too late, and changes nothing (fencing tokens: Kleppmann, Designing Data-Intensive Applications, ch. 8).
   *
   * `after` is the last position that the run's row vouches for; without it there is none. The new epoch begins above its seq, also when
   * the log was lost or has lost its tail; what stood before such a hole cannot be read any more. `trim` then gives the log its base.
   * A log that was lost knows nothing of the epochs before the one that is vouched for: cursors of theirs are `lost`.
   */
  open(runId: string, after?: LogCursor): Promise<RunLogWriter>;
  /**
   * `after: null` reads from the beginning. A bad cursor is not an error but a gap. The events may be shared with other
   * readers: nobody changes them.
   */
  read(runId: string, after: LogCursor | null, options?: ReadOptions): Promise<LogRead>;
  /** The same at once; null where only `read` can tell. Absent where reading takes time. */
  readNow?(runId: string, after: LogCursor | null, options?: ReadOptions): LogRead | null;
  /** The last position, or null when there is no such log. */
  head(runId: string): Promise<LogHead | null>;
  /**
   * Calls `advanced` after each append, on close and on drop, at least once for any number of them that come together; it may be called
   * before the append has returned, and may read and end its watching then. The log need not exist yet. Returns the function that ends it: after that, `advanced` is not called again. What `advanced` throws reaches
   * neither the writer nor the other watchers.
   */
  watch(runId: string, advanced: Advanced): () => void;
  /**
   * Forgets the events up to `snapshot.through_seq`; readers with an older cursor get a snapshot made from this one. Does
   * nothing when there is no such log or more is forgotten already. Rejects with MillraceError `internal` when the snapshot
   * stands for a position that the log does not hold (ahead of it, or of a lost tail).
   */
  trim(runId: string, snapshot: RunSnapshot): Promise<void>;
  /** The snapshot that stands for everything before the first event still held, or null. */
  base(runId: string): Promise<RunSnapshot | null>;
  /** Forgets the whole log, its epochs too: whoever opens it again must say `after`. */
  drop(runId: string): Promise<void>;
}
export const RUN_LOG = Symbol('RunLog');
