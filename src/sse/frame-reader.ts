import type { RunReader } from '../run/run-reader.js';
import type { Dialect, DialectEncoder, Frame } from './dialects/dialect.js';

/** Reads a run as frames of one dialect, at the pace of whoever pulls. */
export class FrameReader {
  readonly #encoder: DialectEncoder;
  #primed = false;

  constructor(
    private readonly reader: RunReader,
    dialect: Dialect,
  ) {
    this.#encoder = dialect.encoder();
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

  /** The frames that come next; empty when there is nothing new (see `watch`). */
  async read(): Promise<Frame[]> {
    if (!this.#primed) {
      this.#primed = true;
      for await (const event of this.reader.history()) this.#encoder.encode(event);
    }
    const items = await this.reader.read();
    return items.flatMap((item) => this.#encoder.encode(item));
  }

  watch(advanced: () => void): () => void {
    return this.reader.watch(advanced);
  }

  close(): void {
    this.reader.close();
  }
}
