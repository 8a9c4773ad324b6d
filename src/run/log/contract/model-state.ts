import type { RunEvent } from '../../../protocol/run-event.js';
import type { RunSnapshot, SnapshotReason } from '../../../protocol/run-snapshot.js';
import type { LogCursor, RunLog, RunLogWriter } from '../run-log.js';

/** One run's log as a plain array, with nothing clever. */
export interface RunModel {
  readonly runId: string;
  exists: boolean;
  closed: boolean;
  /** The first seq of each epoch, by epoch. */
  epochs: { epoch: number; firstSeq: number }[];
  /** What is held; the first has seq `firstSeq`. */
  events: RunEvent[];
  firstSeq: number;
  base: RunSnapshot | null;
  /** The last position that there ever was, which the run's row vouches for. */
  vouched: LogCursor;
}

export interface LogModel {
  runs: RunModel[];
}

export interface LogReal {
  log: RunLog;
  peer: RunLog;
  /** Every writer of each run; the last is the current one. */
  writers: RunLogWriter[][];
}

export function emptyRunModel(runId: string): RunModel {
  return {
    runId,
    exists: false,
    closed: false,
    epochs: [],
    events: [],
    firstSeq: 1,
    base: null,
    vouched: { epoch: 0, seq: 0 },
  };
}

export function lastSeqOf({ firstSeq, events }: RunModel): number {
  return firstSeq + events.length - 1;
}

export function epochOf({ epochs }: RunModel): number {
  return epochs.at(-1)?.epoch ?? 0;
}

/** The events from after `seq` on. */
export function eventsAfter({ events }: RunModel, seq: number): RunEvent[] {
  return events.filter((event) => event.seq > seq);
}

/** Nothing is left of before `after`, nor of where its epochs began. */
export function loseAll(model: RunModel, after: LogCursor): void {
  model.events = [];
  model.firstSeq = after.seq + 1;
  model.base = null;
  if (after.epoch > Math.max(epochOf(model), 1)) model.epochs = [{ epoch: after.epoch, firstSeq: 1 }];
}

/** The rule of design, section 5.2, word by word. */
export function gapOf(model: RunModel, cursor: LogCursor): SnapshotReason | null {
  if (!model.exists) return 'unknown';
  if (cursor.epoch > epochOf(model)) return 'ahead';
  if (cursor.epoch === epochOf(model) && cursor.seq > lastSeqOf(model)) return 'ahead';
  const next = model.epochs.find(({ epoch }) => epoch > cursor.epoch);
  if (next && cursor.seq >= next.firstSeq) return 'lost';
  return cursor.seq + 1 < model.firstSeq ? 'trimmed' : null;
}

/**
 * A cursor near what the log holds: before, inside, at the head or after it. `epochPick` takes any epoch that was or will be;
 * null takes the one that fits the seq.
 */
export function cursorNear(model: RunModel, epochPick: number | null, seqPick: number): LogCursor {
  const seq = Math.max(model.firstSeq - 3 + (seqPick % (model.events.length + 6)), 0);
  const fitting = model.events[seq - model.firstSeq]?.epoch ?? epochOf(model);
  return { seq, epoch: epochPick === null ? fitting : 1 + (epochPick % (epochOf(model) + 2)) };
}
