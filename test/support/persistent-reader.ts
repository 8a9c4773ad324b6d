import { setTimeout as sleep } from 'node:timers/promises';
import type { SseReader, WireFrame } from './sse-client.js';
import type { TestServer } from './server.js';
import type { World } from './world.js';

const open = new Set<PersistentReader>();

/** Ends the readers that a test which failed has left behind. */
export function abandonAll(): void {
  for (const reader of open) reader.abandon();
}

/** Reads a run to its end as a client does: when a connection ends without `[DONE]`, or none can be had, it comes back with its cursor. */
export class PersistentReader {
  readonly frames: WireFrame[] = [];
  /** Statuses other than 200 that it met. */
  readonly refusals: number[] = [];
  /** How many connections ended without `[DONE]`. */
  cuts = 0;
  #abandoned = false;
  /** All frames, once the run has ended. */
  readonly done: Promise<WireFrame[]>;

  constructor(
    private readonly world: World,
    private readonly runId: string,
    private readonly server: TestServer,
    private after = '',
  ) {
    this.done = this.#read();
    open.add(this);
  }

  get lastId(): string {
    return this.frames.findLast(({ id }) => id !== undefined)?.id ?? this.after;
  }

  /** Resolves when a frame that holds these words has come. */
  async saw(words: string): Promise<void> {
    while (!this.frames.some(({ data }) => data.includes(words))) await sleep(10);
  }

  /** Resolves when a frame of this type has come. */
  item(type: string): Promise<void> {
    return this.saw(`{"type":"${type}"`);
  }

  /** Comes back no more: its server is gone for good. */
  abandon(): void {
    this.#abandoned = true;
  }

  async #read(): Promise<WireFrame[]> {
    while (!this.#abandoned) {
      const reader = await this.#connect();
      if (!reader) {
        await sleep(100);
        continue;
      }
      for (let frame = await reader.next(); frame; frame = await reader.next()) this.frames.push(frame);
      if (this.frames.at(-1)?.data === '[DONE]') break;
      this.cuts += 1;
    }
    open.delete(this);
    return this.frames;
  }

  async #connect(): Promise<SseReader | null> {
    const headers: Record<string, string> = this.lastId === '' ? {} : { 'last-event-id': this.lastId };
    try {
      const reader = await this.world.follow(this.runId, '', headers, this.server);
      if (reader.status === 200) return reader;
      this.refusals.push(reader.status);
      await reader.over();
    } catch {
      // Nobody listens there now.
    }
    return null;
  }
}
