import type { ReadItem, RunReader } from '../run/run-reader.js';
import type { Advanced } from '../run/log/run-log.js';
import type { MillraceError } from '../protocol/error-code.js';
import type { RunEvent } from '../protocol/run-event.js';
import type { Dialect, DialectEncoder, Frame } from './dialects/dialect.js';
import { errorOfRun } from './run-error.js';

/** How many events one read of the log takes: with the log's longest merged delta, about 64 K characters. */
const A_READ = { limit: 4 };
/** A batch that holds this many characters is not added to. */
const BATCH_CHARACTERS = 32 * 1024;

/** Reads a run as frames of one dialect, at the pace of whoever pulls. */
export class FrameReader {
  readonly #encoder: DialectEncoder;
  #primed: boolean;
  #begun = false;
  /** Why the run ended, when it failed before any frame: what a response that has no headers yet is answered with. */
  refusal: MillraceError | undefined;

  constructor(
    private readonly reader: RunReader,
    readonly dialect: Dialect,
  ) {
    this.#encoder = dialect.encoder();
    this.#primed = !reader.resumed;
  }

  get runId(): string {
    return this.reader.runId;
  }

  get conversationId(): string | undefined {
    return this.reader.conversationId;
  }

  /** True once the frames of the terminal event were given. */
  get ended(): boolean {
    return this.reader.ended;
  }

  /**
   * The frames that come next; empty when there is nothing new (see `watch`). A reader that is far behind gets them in batches,
   * because a batch is what its socket has to hold when it takes nothing.
   */
  async read(): Promise<Frame[]> {
    if (!this.#primed) await this.#prime();
    const frames: Frame[] = [];
    let room = BATCH_CHARACTERS;
    while (room > 0 && !this.ended) {
      const items = await this.reader.read(A_READ);
      room -= this.#encode(items, frames);
      if (items.length < A_READ.limit) break;
    }
    return frames;
  }

  /** The same at once; null where the log cannot tell at once, so that it takes `read`. */
  readNow(): Frame[] | null {
    if (!this.#primed) return null;
    const frames: Frame[] = [];
    let room = BATCH_CHARACTERS;
    while (room > 0 && !this.ended) {
      const items = this.reader.readNow(A_READ);
      if (!items) return frames.length > 0 ? frames : null;
      room -= this.#encode(items, frames);
      if (items.length < A_READ.limit) break;
    }
    return frames;
  }

  /** The frames of the event that `watch` tells of; null when the reader does not stand right before it, so that it takes a read. */
  take(event: RunEvent): readonly Frame[] | null {
    if (!this.#primed || !this.reader.take(event)) return null;
    this.#lookForRefusal(event);
    const frames = this.#encoder.encode(event);
    if (frames.length > 0) this.#begun = true;
    return frames;
  }

  async #prime(): Promise<void> {
    this.#primed = true;
    for await (const event of this.reader.history()) this.#encoder.encode(event);
  }

  /** Adds the frames of some items. Returns how many characters they have. */
  #encode(items: readonly ReadItem[], frames: Frame[]): number {
    let characters = 0;
    for (const item of items) {
      this.#lookForRefusal(item);
      for (const frame of this.#encoder.encode(item)) {
        this.#begun = true;
        frames.push(frame);
        characters += frame.data.length;
      }
    }
    return characters;
  }

  #lookForRefusal(item: ReadItem): void {
    const failed = item.type === 'run.failed' || item.type === 'run.interrupted';
    if (failed && !this.#begun) this.refusal = errorOfRun(item.run_id, item);
  }

  watch(advanced: Advanced): () => void {
    return this.reader.watch(advanced);
  }

  close(): void {
    this.reader.close();
  }
}
