import type { Socket } from 'node:net';

/** How often a connection is read in the long run. No reader of a text sees that, and each read is a write to each reader of the run. */
const EVERY_MS = 4;
/** How many reads may follow each other at once. */
const BURST = 8;
/** What a read of this length costs is the text in it. */
const LARGE_BYTES = 16 * 1024;

let waiting: ReadLimit[] = [];

/**
 * Reads a connection less often, but more at once, when its chunks come one by one faster than 250 a second: a token bucket. A read, and
 * what it leads to, takes as long as the text of fifty chunks (decision 11). Slower streams, and the first chunks of each, never wait.
 */
export class ReadLimit {
  /** In milliseconds, whole ones: V8 keeps others as objects of their own, and there is a limit for each connection. */
  #budget = BURST * EVERY_MS;
  #countedAt = 0;
  #waits = false;

  constructor(private readonly socket: Socket) {}

  /** Counts a read. False when the socket is not to be read for now: it is resumed after 4 ms or less. */
  allowsNext(bytes: number): boolean {
    // TLS gives each record by itself, also those that it had read when it was stopped.
    if (this.#waits) return false;
    const now = Math.trunc(performance.now());
    this.#budget = Math.min(BURST * EVERY_MS, this.#budget + now - this.#countedAt);
    this.#countedAt = now;
    if (bytes < LARGE_BYTES) this.#budget -= EVERY_MS;
    if (this.#budget >= EVERY_MS) return true;
    this.#waits = true;
    if (waiting.push(this) === 1) setTimeout(resumeAll, EVERY_MS);
    return false;
  }

  resume(): void {
    this.#waits = false;
    // The limit itself does not call `pause`: who did has no room.
    if (!this.socket.isPaused()) this.socket.resume();
  }
}

function resumeAll(): void {
  const limits = waiting;
  waiting = [];
  for (const limit of limits) limit.resume();
}
