import type { RunEvent } from '../../../protocol/run-event.js';
import { checkBatch } from '../check-batch.js';
import type { AppendedEvent, RunLogWriter } from '../run-log.js';
import { FencedError } from '../run-log.js';
import { EntryEncoder } from './entry-encoder.js';
import { LogLostError } from '../log-lost-error.js';
import { unpacked } from '../unpacked.js';
import type { RedisLogStore, WriteAnswer } from './redis-log-store.js';

export interface WriterOptions {
  runId: string;
  /** Tells this writer from every other there ever was. */
  id: string;
  epoch: number;
  startSeq: number;
  store: RedisLogStore;
  retentionMs: number;
  /** Called when events can be read. */
  appended: (events: readonly AppendedEvent[]) => void;
  /** Called when this writer has closed the log. */
  closed: () => void;
  /** Called when this writer can write no more. */
  over: () => void;
}

/**
 * The writer of a run in Redis.
 *
 * When an answer does not come, the events may be in the log or not. So the writer remembers what it has sent: an append that finds
 * the log's last seq to be one that it sent itself takes that as done. Hence the rejected events may be appended again, alone or with more
 * after them, and are there once.
 */
export class RedisLogWriter implements RunLogWriter {
  readonly epoch: number;
  readonly startSeq: number;
  private readonly encoder = new EntryEncoder();
  /** The last seq that the caller knows to be in the log, and the last one that is; greater when an answer was lost. */
  private last: number;
  private stored: number;
  /** The last seqs of the batches that were sent since then. */
  private readonly sent = new Set<number>();
  private isClosed = false;
  private queue: Promise<void> = Promise.resolve();

  constructor(private readonly options: WriterOptions) {
    this.epoch = options.epoch;
    this.startSeq = options.startSeq;
    this.last = options.startSeq;
    this.stored = options.startSeq;
  }

  append(events: readonly AppendedEvent[]): Promise<void> {
    return this.inTurn(() => this.appendInTurn(events));
  }

  close(): Promise<void> {
    return this.inTurn(() => this.closeInTurn());
  }

  /** One at a time, in the order of the calls, whatever became of the ones before. */
  private inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.queue.then(act);
    this.queue = done.catch(() => undefined);
    return done;
  }

  private async appendInTurn(packed: readonly AppendedEvent[]): Promise<void> {
    const { runId, appended } = this.options;
    if (this.isClosed) throw new FencedError(`the log of run ${runId} is closed`);
    checkBatch(packed, { runId, epoch: this.epoch, lastSeq: this.last });
    const events = unpacked(packed);
    let rest = this.stored > this.last ? this.notStored(events) : events;
    while (rest.length > 0 || events.length === 0) {
      if ((await this.send(rest)) === 'done') break;
      rest = this.notStored(events);
    }
    if (events.length === 0) return;
    this.last = events.at(-1)!.seq;
    appended(packed);
  }

  /** `moved`: the log has gone on since `stored`, by events that this writer sent before. */
  private async send(events: readonly RunEvent[]): Promise<'done' | 'moved'> {
    const { runId, id, store } = this.options;
    const before = this.stored;
    const after = events.at(-1)?.seq ?? before;
    if (events.length > 0) this.sent.add(after);
    const entries = this.encoder.encode(events);
    const answer = await store.append(runId, { writer: id, before, after, entries });
    if (answer !== 'ok' && (typeof answer !== 'number' || !this.sent.has(answer))) throw this.refusal(answer);
    this.stored = answer === 'ok' ? after : answer;
    this.sent.clear();
    return answer === 'ok' ? 'done' : 'moved';
  }

  private notStored(events: readonly RunEvent[]): readonly RunEvent[] {
    return events.filter((event) => event.seq > this.stored);
  }

  private async closeInTurn(): Promise<void> {
    const { runId, id, store, retentionMs, closed } = this.options;
    const answer = await store.close(runId, id, retentionMs);
    // A closed log may be gone by now: its time was over.
    if (this.isClosed && (answer === 'ok' || answer === 'lost')) return;
    if (answer !== 'ok') throw this.refusal(answer);
    this.isClosed = true;
    closed();
  }

  private refusal(answer: Exclude<WriteAnswer, 'ok'>): Error {
    const { runId, over } = this.options;
    over();
    switch (answer) {
      case 'fenced':
        return new FencedError(
          `epoch ${this.epoch} of run ${runId} is over: another writer has opened the log`,
        );
      case 'dropped':
        return new FencedError(`the log of run ${runId} was dropped`);
      case 'closed':
        return new FencedError(`the log of run ${runId} is closed`);
      default:
        // No log, or one that ends before what was appended: only a store that forgets can show either.
        return new LogLostError(runId);
    }
  }
}
