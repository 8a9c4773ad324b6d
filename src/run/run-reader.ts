import { isDelta, isTerminal, type RunEvent } from '../protocol/run-event.js';
import type { RunSnapshot, SnapshotReason } from '../protocol/run-snapshot.js';
import { merged } from './log/merged-events.js';
import type { Advanced, LogCursor, LogRead, ReadOptions, RunLog } from './log/run-log.js';

/** What a reader gets: events in order, or the snapshot that replaces what it has. */
export type ReadItem = RunEvent | RunSnapshot;

export interface ReaderOptions {
  runId: string;
  conversationId: string | undefined;
  log: RunLog;
  /** True when the run has ended and its log is gone or away, so that only the database can tell of it. */
  withoutLog?: boolean;
  /** Where reading begins: null for the beginning, `invalid` for a cursor that could not even be read. */
  after: LogCursor | null | 'invalid';
  /** Makes what a reader gets that cannot go on after `at`, where it stands now. */
  recover: (reason: SnapshotReason, at: LogCursor | null) => Promise<Recovery>;
  /** What is known of the run when its log is away, for a reader that stands at `at`; null when it has not ended. */
  stored?: (at: LogCursor | null) => Promise<Recovery | null>;
  onClose(): void;
}

type EventsRead = Extract<LogRead, { kind: 'events' }>;

/** What a reader gets whose cursor cannot be served: the run so far and, when it has ended, its terminal event. */
export interface Recovery {
  items: ReadItem[];
  /** Where reading goes on. */
  cursor: LogCursor;
  /** False when nothing comes after the items. */
  live: boolean;
}

/**
 * A position in a run's log that is moved by reading. Nothing is queued for it: the log is the buffer, and whoever holds the
 * reader pulls when it can take more. Leaving (`close`) never stops the run by itself.
 */
export class RunReader {
  readonly runId: string;
  readonly conversationId: string | undefined;
  /** The cursor as numbers, because an object for each event is garbage; in epoch 0 it stands before all of them. */
  #epoch = 0;
  #seq = 0;
  #invalid: boolean;
  #withoutLog: boolean;
  #ended = false;
  #closed = false;

  constructor(private readonly options: ReaderOptions) {
    this.runId = options.runId;
    this.conversationId = options.conversationId;
    this.#invalid = options.after === 'invalid';
    this.#withoutLog = options.withoutLog ?? false;
    if (options.after !== 'invalid') this.#moveTo(options.after);
  }

  /** True once nothing more can come: the terminal event was read, or the reader began after it. */
  get ended(): boolean {
    return this.#ended;
  }

  /** True when the reader began after some events, so that it goes on with a stream that it saw before. */
  get resumed(): boolean {
    return this.#invalid || this.#seq > 0;
  }

  /** What comes next; empty when there is nothing new (see `watch`). */
  async read(options?: ReadOptions): Promise<readonly ReadItem[]> {
    if (this.#ended) return [];
    const read = await this.#readLog(options);
    this.#invalid = false;
    if (!('items' in read)) return this.#take(read);
    this.#moveTo(read.cursor);
    this.#ended = !read.live;
    this.#withoutLog &&= this.#ended;
    return read.items;
  }

  /** The same at once; null where the log cannot tell at once, so that it takes `read`. */
  readNow(options?: ReadOptions): readonly ReadItem[] | null {
    if (this.#ended) return [];
    const { runId, log } = this.options;
    if (this.#invalid || this.#withoutLog) return null;
    const read = log.readNow?.(runId, this.#cursor, options);
    return read?.kind === 'events' ? this.#take(read) : null;
  }

  /**
   * Takes the event that `watch` tells of. False when the reader does not stand right before it, so that it has to be read.
   */
  take(event: RunEvent): boolean {
    const first = isDelta(event) ? (event.from_seq ?? event.seq) : event.seq;
    const isNext = this.#seq === first - 1 && this.#epoch === event.epoch;
    if (!isNext || this.#invalid || this.#ended || this.#withoutLog) return false;
    this.#seq = event.seq;
    this.#ended = isTerminal(event);
    return true;
  }

  get #cursor(): LogCursor | null {
    return this.#epoch === 0 ? null : { epoch: this.#epoch, seq: this.#seq };
  }

  #moveTo(cursor: LogCursor | null): void {
    this.#epoch = cursor?.epoch ?? 0;
    this.#seq = cursor?.seq ?? 0;
  }

  #take({ events, cursor, closed }: EventsRead): readonly ReadItem[] {
    this.#moveTo(cursor);
    const last = events.at(-1);
    this.#ended = last ? isTerminal(last) : closed;
    return events;
  }

  async #readLog(options: ReadOptions | undefined): Promise<EventsRead | Recovery> {
    const source = this.options;
    const { runId, log } = source;
    try {
      if (this.#invalid || this.#withoutLog) return await source.recover('unknown', this.#cursor);
      const read = await log.read(runId, this.#cursor, options);
      return read.kind === 'gap' ? await source.recover(read.reason, this.#cursor) : read;
    } catch (error) {
      const recovery = await source.stored?.(this.#cursor);
      if (!recovery) throw error;
      return recovery;
    }
  }

  /**
   * The run up to the position where this reader begins, merged, from the log's base on: what a stateful encoder has to know. Where
   * that cannot be read, the reader gets a snapshot instead of what comes after its position.
   */
  async *history(): AsyncGenerator<ReadItem> {
    const { runId, log } = this.options;
    const until = this.#cursor?.seq ?? 0;
    let cursor: LogCursor | null = null;
    try {
      while ((cursor?.seq ?? 0) < until) {
        const read: LogRead = await log.read(runId, cursor);
        if (read.kind === 'gap') {
          const base: RunSnapshot | null = cursor ? null : await log.base(runId);
          if (!base || base.through_seq > until) return;
          yield base;
          cursor = { epoch: base.epoch, seq: base.through_seq };
        } else {
          if (read.events.length === 0) return;
          for (const event of read.events) {
            if (event.seq > until) {
              yield* this.#pieces(cursor, until);
              return;
            }
            yield event;
            cursor = { epoch: event.epoch, seq: event.seq };
          }
        }
      }
    } catch {
      this.#invalid = true;
    }
  }

  /** What a merged delta hides that goes on after `until`: the part of it up to there. */
  async *#pieces(after: LogCursor | null, until: number): AsyncGenerator<ReadItem> {
    const limit = until - (after?.seq ?? 0);
    if (limit === 0) return;
    const read = await this.options.log.read(this.runId, after, { merge: false, limit });
    if (read.kind !== 'events') return;
    // Merged again, because an encoder takes as long for one piece as for all of them.
    yield* merged(read.events);
  }

  /** Calls `advanced` when there may be more to read, and gives it what can be taken. Returns the function that ends it. */
  watch(advanced: Advanced): () => void {
    return this.options.log.watch(this.runId, advanced);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.options.onClose();
  }
}
