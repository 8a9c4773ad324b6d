import { MillraceError } from '../../protocol/error-code.js';
import type { RunSnapshot } from '../../protocol/run-snapshot.js';
import { CompactEvents } from './compact-events.js';
import { judgeCursor } from './judge-cursor.js';
import { MemoryLogWriter, type HeldLog, type LatestRead } from './memory-log-writer.js';
import type { RetentionClock } from './retention.js';
import { Retention, systemClock } from './retention.js';
import type { Advanced, LogCursor, LogHead, LogRead, ReadOptions, RunLog, RunLogWriter } from './run-log.js';
import { DEFAULT_READ_LIMIT, LOG_START, tooLate } from './run-log.js';
import { settle } from './settle.js';
import { Watchers } from './watchers.js';

export interface MemoryRunLogOptions {
  /** How long a log is kept after it was closed. */
  retentionSeconds: number;
  clock?: RetentionClock;
  /** Gets what a watcher throws. Default: a process warning. */
  watcherFailed?: (error: unknown) => void;
}

/** No more events than this are kept for the next reader at the head. */
const LATEST_EVENTS = 8;

/**
 * The run log of a single instance, in its memory: what a process that ends leaves is in the database. Readers that ask the
 * same at the head get the same event objects, so that what is made of an event can be kept with it.
 */
export class MemoryRunLog implements RunLog {
  private readonly logs = new Map<string, HeldLog>();
  private readonly retention: Retention;
  private readonly watchers: Watchers;

  constructor({ retentionSeconds, clock = systemClock, watcherFailed = warn }: MemoryRunLogOptions) {
    this.retention = new Retention(retentionSeconds * 1000, clock, (runId) => this.forget(runId));
    this.watchers = new Watchers(watcherFailed);
  }

  open(runId: string, after: LogCursor = LOG_START): Promise<RunLogWriter> {
    return settle(() => {
      const log = this.logs.get(runId) ?? newLog(after.seq);
      if (epochOf(log) > after.epoch) throw tooLate(runId, after);
      const isNew = !this.logs.has(runId) || after.seq > log.events.lastSeq;
      if (isNew) {
        log.events = new CompactEvents(after.seq);
        log.base = null;
        if (missesEpochs(log, after)) log.epochs = [{ epoch: after.epoch, firstSeq: 1 }];
      }
      const epoch = after.epoch + 1;
      const startSeq = log.events.lastSeq;
      const writer = new MemoryLogWriter(epoch, startSeq, runId, log, this.watchers, this.retention);
      log.epochs = log.epochs.concat({ epoch, firstSeq: startSeq + 1 });
      log.writer = writer;
      log.closed = false;
      log.latest = null;
      this.logs.set(runId, log);
      this.retention.cancel(runId);
      return writer;
    });
  }

  read(runId: string, after: LogCursor | null, options?: ReadOptions): Promise<LogRead> {
    return Promise.resolve(this.readNow(runId, after, options));
  }

  readNow(runId: string, after: LogCursor | null, options: ReadOptions = {}): LogRead {
    const log = this.logs.get(runId);
    if (!log) return { kind: 'gap', reason: 'unknown' };
    const cursor = after ?? { epoch: log.epochs.at(-1)!.epoch, seq: 0 };
    const limit = Math.max(options.limit ?? DEFAULT_READ_LIMIT, 1);
    return readLog(log, cursor, limit, options.merge ?? true);
  }

  head(runId: string): Promise<LogHead | null> {
    const log = this.logs.get(runId);
    if (!log) return Promise.resolve(null);
    const { lastSeq: seq, firstSeq, size } = log.events;
    return Promise.resolve({ epoch: log.epochs.at(-1)!.epoch, seq, firstSeq, closed: log.closed, size });
  }

  watch(runId: string, advanced: Advanced): () => void {
    return this.watchers.watch(runId, advanced);
  }

  trim(runId: string, snapshot: RunSnapshot): Promise<void> {
    return settle(() => {
      const log = this.logs.get(runId);
      if (!log || snapshot.through_seq + 1 < log.events.firstSeq) return;
      const fault = judgeCursor({ epoch: snapshot.epoch, seq: snapshot.through_seq }, extentOf(log));
      if (fault) {
        const position = `${snapshot.epoch}.${snapshot.through_seq}`;
        throw new MillraceError('internal', {
          cause: new Error(`run ${runId} cannot be trimmed to ${position}: ${fault}`),
        });
      }
      log.events.trim(snapshot.through_seq);
      log.base = snapshot;
      log.latest = null;
    });
  }

  base(runId: string): Promise<RunSnapshot | null> {
    return Promise.resolve(this.logs.get(runId)?.base ?? null);
  }

  drop(runId: string): Promise<void> {
    return settle(() => {
      this.retention.cancel(runId);
      this.forget(runId);
    });
  }

  /** Forgets every log and every watcher, and stops the timer. */
  dispose(): void {
    this.retention.clear();
    this.watchers.clear();
    for (const log of this.logs.values()) log.gone = true;
    this.logs.clear();
  }

  /** Called by Nest. */
  onApplicationShutdown(): void {
    this.dispose();
  }

  private forget(runId: string): void {
    const log = this.logs.get(runId);
    if (!log) return;
    log.gone = true;
    this.logs.delete(runId);
    this.watchers.notify(runId);
  }
}

function newLog(afterSeq: number): HeldLog {
  return {
    events: new CompactEvents(afterSeq),
    epochs: [],
    writer: null,
    closed: false,
    gone: false,
    base: null,
    latest: null,
  };
}

/** 0 before the log was opened. */
function epochOf({ epochs }: HeldLog): number {
  return epochs.at(-1)?.epoch ?? 0;
}

/** Where the epochs before the one vouched for began is not known: nothing of theirs can be taken for what the run was. */
function missesEpochs(log: HeldLog, after: LogCursor): boolean {
  return after.epoch > Math.max(epochOf(log), 1);
}

function extentOf({ epochs, events }: HeldLog) {
  return { epochs, firstSeq: events.firstSeq, lastSeq: events.lastSeq };
}

function readLog(log: HeldLog, after: LogCursor, limit: number, merge: boolean): LogRead {
  const { latest } = log;
  if (latest && isSame(latest, after, limit, merge)) return latest.result;
  const reason = judgeCursor(after, extentOf(log));
  if (reason) return { kind: 'gap', reason };
  const events = log.events.read(after.seq + 1, limit, merge);
  const last = events.at(-1);
  const result: LogRead = {
    kind: 'events',
    events,
    cursor: last ? { epoch: last.epoch, seq: last.seq } : after,
    closed: log.closed,
  };
  // Nobody waits at the head of a closed log, and it is kept long.
  const worthKeeping = !log.closed && last?.seq === log.events.lastSeq && events.length <= LATEST_EVENTS;
  if (worthKeeping) log.latest = { after, limit, merge, result };
  return result;
}

function isSame(latest: LatestRead, after: LogCursor, limit: number, merge: boolean): boolean {
  return (
    latest.after.seq === after.seq &&
    latest.after.epoch === after.epoch &&
    latest.limit === limit &&
    latest.merge === merge
  );
}

function warn(error: unknown): void {
  process.emitWarning(`A watcher of the run log threw: ${String(error)}`);
}
