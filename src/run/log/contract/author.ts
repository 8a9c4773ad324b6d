import type { RunEvent, RunEventBody } from '../../../protocol/run-event.js';
import type { LogCursor, RunLog, RunLogWriter } from '../run-log.js';
import { enveloped } from './events.js';
import { newRunId } from './log-under-test.js';
import { packed } from './packed.js';

/** Writes a run and remembers what the log must hold of it. */
export class Author {
  readonly runId = newRunId();
  readonly events: RunEvent[] = [];
  private current: RunLogWriter | null = null;
  private last = 0;

  constructor(private readonly log: RunLog) {}

  get writer(): RunLogWriter {
    if (!this.current) throw new Error('open first');
    return this.current;
  }

  /** The position of the last event. */
  get cursor(): LogCursor {
    return { epoch: this.writer.epoch, seq: this.last };
  }

  /** `after`: what the row vouches for, where that is another position than the last. */
  async open(after: LogCursor | undefined = this.current ? this.cursor : undefined): Promise<this> {
    this.current = await this.log.open(this.runId, after);
    this.last = this.current.startSeq;
    return this;
  }

  /** The events that these bodies would be next. */
  next(...bodies: RunEventBody[]): RunEvent[] {
    return enveloped(this.runId, this.cursor, bodies);
  }

  /** The same, with the deltas of one part that follow each other packed. */
  async appendPacked(...bodies: RunEventBody[]): Promise<RunEvent[]> {
    const events = this.next(...bodies);
    await this.writer.append(packed(events));
    this.events.push(...events);
    this.last += events.length;
    return events;
  }

  async append(...bodies: RunEventBody[]): Promise<RunEvent[]> {
    const events = this.next(...bodies);
    await this.writer.append(events);
    this.events.push(...events);
    this.last += events.length;
    return events;
  }
}
