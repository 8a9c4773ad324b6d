import type { Socket } from 'node:net';

/** How often a connection is read in the long run. No reader of a text sees that, and each read is a write to each reader of the run. */
const EVERY_MS = 4;
/** How many reads may follow each other at once. */
const BURST = 8;
/** What a read of this length costs is the text in it. */
const LARGE_BYTES = 16 * 1024;

let waiting: Socket[] = [];

/**
 * Reads a connection less often, but more at once, when its chunks come one by one faster than 250 a second: a token bucket. A read, and
 * what it leads to, takes as long as the text of fifty chunks (decision 11). Slower streams, and the first chunks of each, never wait.
 */
export class ReadLimit {
  /** In milliseconds, whole ones: others would be objects of their own, and there is a limit for each run. */
  #budget = BURST * EVERY_MS;
  #countedAt = 0;

  constructor(private readonly socket: Socket) {}

  /** Counts a read. False when the socket is not to be read for now: it is resumed after 4 ms or less. */
  allowsNext(bytes: number): boolean {
    const now = Math.trunc(performance.now());
    this.#budget = Math.min(BURST * EVERY_MS, this.#budget + now - this.#countedAt);
    this.#countedAt = now;
    if (bytes < LARGE_BYTES) this.#budget -= EVERY_MS;
    if (this.#budget >= EVERY_MS) return true;
    if (waiting.push(this.socket) === 1) setTimeout(resumeAll, EVERY_MS);
    return false;
  }
}

function resumeAll(): void {
  const sockets = waiting;
  waiting = [];
  for (const socket of sockets) socket.resume();
}
