import { isDelta, type RunEvent } from '../../protocol/run-event.js';
import type { RunSnapshot } from '../../protocol/run-snapshot.js';
import { checkBatch } from './check-batch.js';
import type { CompactEvents } from './compact-events.js';
import type { EpochStart } from './judge-cursor.js';
import type { Retention } from './retention.js';
import {
  FencedError,
  MERGED_TEXT_LIMIT,
  type AppendedEvent,
  type LogCursor,
  type LogRead,
  type RunLogWriter,
} from './run-log.js';
import { settle } from './settle.js';
import type { Watchers } from './watchers.js';

/** The log of one run, in memory. */
export interface HeldLog {
  events: CompactEvents;
  epochs: readonly EpochStart[];
  /** The newest writer; every other one is fenced. */
  writer: RunLogWriter | null;
  closed: boolean;
  /** Nobody finds it any more. */
  gone: boolean;
  base: RunSnapshot | null;
  /** What the last reader at the head got. */
  latest: LatestRead | null;
}

export interface LatestRead {
  after: LogCursor;
  limit: number;
  merge: boolean;
  result: LogRead;
}

/** Writes a log in memory for as long as no other writer has opened it. */
export class MemoryLogWriter implements RunLogWriter {
  constructor(
    readonly epoch: number,
    readonly startSeq: number,
    private readonly runId: string,
    private readonly log: HeldLog,
    private readonly watchers: Watchers,
    private readonly retention: Retention,
  ) {}

  append(events: readonly AppendedEvent[]): Promise<void> {
    return settle(() => this.appendNow(events));
  }

  appendNow(events: readonly AppendedEvent[]): void {
    const { runId, log, epoch } = this;
    this.checkOwner();
    checkBatch(events, { runId, epoch, lastSeq: log.events.lastSeq });
    if (events.length === 0) return;
    for (const event of events) log.events.push(event);
    if (log.latest) log.latest = null;
    this.watchers.notify(runId, events.length === 1 ? asRead(events[0]!) : undefined);
  }

  close(): Promise<void> {
    return settle(() => {
      const { runId, log } = this;
      if (log.closed && log.writer === this) return;
      this.checkOwner();
      log.closed = true;
      log.latest = null;
      this.retention.begin(runId);
      this.watchers.notify(runId);
    });
  }

  private checkOwner(): void {
    const { runId, log, epoch } = this;
    if (log.gone) throw new FencedError(`the log of run ${runId} was dropped`);
    if (log.writer !== this)
      throw new FencedError(`epoch ${epoch} of run ${runId} is over: another writer has opened the log`);
    if (log.closed) throw new FencedError(`the log of run ${runId} is closed`);
  }
}

/** The event as a reader gets it that stands right before it; undefined where it would get more or less than that. */
function asRead(event: AppendedEvent): RunEvent | undefined {
  if (!isDelta(event)) return event;
  if (event.delta.length > MERGED_TEXT_LIMIT) return undefined;
  if (event.ends === undefined) return event;
  const { ends: _ends, ...merged } = event;
  return merged;
}
