import { CompactEvents } from '../compact-events.js';
import type { AppendedEvent, LogCursor, LogRead } from '../run-log.js';

/** A tail holds at least half of this many characters, and not much more than this, once there is so much. */
export const TAIL_SIZE = 64 * 1024;

interface LatestRead {
  after: number;
  limit: number;
  merge: boolean;
  result: LogRead;
}

/**
 * The newest events of a run in the process that writes it, so that its readers at the head need not ask Redis for what this
 * process has just sent there. It holds only what Redis has confirmed, and lasts no longer than the writer.
 */
export class LocalTail {
  private readonly events: CompactEvents;
  /** Where the older half ends. */
  private half: number;
  private latest: LatestRead | null = null;

  /** `startSeq` is the seq before the first event. */
  constructor(
    private readonly epoch: number,
    startSeq: number,
  ) {
    this.events = new CompactEvents(startSeq);
    this.half = startSeq;
  }

  get lastSeq(): number {
    return this.events.lastSeq;
  }

  /** Takes events that go on from the last one. */
  push(events: readonly AppendedEvent[]): void {
    for (const event of events) this.events.push(event);
    this.latest = null;
    if (this.events.size <= TAIL_SIZE) return;
    this.events.trim(this.half);
    this.half = this.events.lastSeq;
  }

  /** Reads as the log does; null when the tail cannot tell. Readers that ask the same get the same event objects. */
  read(after: LogCursor | null, limit: number, merge: boolean): LogRead | null {
    const cursor = after ?? { epoch: this.epoch, seq: 0 };
    const { seq } = cursor;
    if (cursor.epoch !== this.epoch || seq + 1 < this.events.firstSeq || seq > this.events.lastSeq)
      return null;
    const { latest } = this;
    if (latest?.after === seq && latest.limit === limit && latest.merge === merge) return latest.result;
    const events = this.events.read(seq + 1, limit, merge);
    const result: LogRead = {
      kind: 'events',
      events,
      cursor: { epoch: this.epoch, seq: events.at(-1)?.seq ?? seq },
      closed: false,
    };
    this.latest = { after: seq, limit, merge, result };
    return result;
  }
}
