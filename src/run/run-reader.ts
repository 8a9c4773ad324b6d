import { isTerminal, type RunEvent } from '../protocol/run-event.js';
import type { RunSnapshot, SnapshotReason } from '../protocol/run-snapshot.js';
import type { LogCursor, RunLog } from './log/run-log.js';

/** What a reader gets: events in order, or the snapshot that replaces what it has. */
export type ReadItem = RunEvent | RunSnapshot;

export interface ReaderOptions {
  runId: string;
  conversationId: string | undefined;
  log: RunLog;
  /** Where reading begins: null for the beginning, `invalid` for a cursor that could not even be read. */
  after: LogCursor | null | 'invalid';
  /** Makes what a reader gets that cannot go on after `at`, where it stands now. */
  recover(reason: SnapshotReason, at: LogCursor | null): Promise<Recovery>;
  onClose(): void;
}

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
  #cursor: LogCursor | null;
  #invalid: boolean;
  #ended = false;
  #closed = false;

  constructor(private readonly options: ReaderOptions) {
    this.runId = options.runId;
    this.conversationId = options.conversationId;
    this.#invalid = options.after === 'invalid';
    this.#cursor = options.after === 'invalid' ? null : options.after;
  }

  /** True once nothing more can come: the terminal event was read, or the reader began after it. */
  get ended(): boolean {
    return this.#ended;
  }

  /** True when the reader began after some events, so that it goes on with a stream that it saw before. */
  get resumed(): boolean {
    return this.#invalid || (this.#cursor !== null && this.#cursor.seq > 0);
  }

  /** What comes next, at most `limit` items; empty when there is nothing new (see `watch`). */
  async read(limit?: number): Promise<readonly ReadItem[]> {
    if (this.#ended) return [];
    const { runId, log } = this.options;
    const read = this.#invalid
      ? ({ kind: 'gap', reason: 'unknown' } as const)
      : await log.read(runId, this.#cursor, limit === undefined ? {} : { limit });
    this.#invalid = false;
    if (read.kind === 'gap') {
      const { items, cursor, live } = await this.options.recover(read.reason, this.#cursor);
      this.#cursor = cursor;
      this.#ended = !live;
      return items;
    }
    this.#cursor = read.cursor;
    const last = read.events.at(-1);
    this.#ended = last ? isTerminal(last) : read.closed;
    return read.events;
  }

  /**
   * What comes before the position where this reader begins, merged: what a stateful encoder has to know. Where the log was trimmed it
   * begins with the snapshot of what is gone.
   */
  async *history(): AsyncGenerator<ReadItem> {
    const { log } = this.options;
    const until = this.#cursor?.seq ?? 0;
    if (until === 0) return;
    const base = await log.base(this.runId);
    if (base && base.through_seq > until) return;
    if (base) yield base;
    let cursor: LogCursor | null = base && { epoch: base.epoch, seq: base.through_seq };
    while ((cursor?.seq ?? 0) < until) {
      const read = await log.read(this.runId, cursor);
      if (read.kind === 'gap' || read.events.length === 0) return;
      for (const event of read.events) {
        if (event.seq > until) return;
        yield event;
      }
      cursor = read.cursor;
    }
  }

  /** Calls `advanced` when there may be more to read. Returns the function that ends it. */
  watch(advanced: () => void): () => void {
    return this.options.log.watch(this.runId, advanced);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.options.onClose();
  }
}
