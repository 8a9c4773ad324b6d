import type { StreamEnvironment } from './environment.js';

/** Three heartbeats of the server (10 s each) without a byte: the connection is dead, whatever the socket says. */
export const SILENCE_MS = 30_000;
/** On waking, one missed heartbeat is enough: the machine slept, or changed its network. */
const SILENCE_ON_WAKE_MS = 15_000;

/** Calls `starved` once when a connection has been silent for too long. */
export class Watchdog {
  readonly #world: Pick<StreamEnvironment, 'now' | 'setTimer'>;
  readonly #starved: () => void;
  #lastByteAt: number;
  #cancelTimer: () => void;

  constructor(world: Pick<StreamEnvironment, 'now' | 'setTimer'>, starved: () => void) {
    this.#world = world;
    this.#starved = starved;
    this.#lastByteAt = world.now();
    this.#cancelTimer = this.#arm(SILENCE_MS);
  }

  /** A byte came. Only notes the time: a timer a chunk would cost more than the chunk. */
  feed(): void {
    this.#lastByteAt = this.#world.now();
  }

  /** Called on waking, when timers may have slept too. */
  check(): void {
    if (this.#silence() >= SILENCE_ON_WAKE_MS) this.#starved();
  }

  stop(): void {
    this.#cancelTimer();
  }

  #silence(): number {
    return this.#world.now() - this.#lastByteAt;
  }

  #arm(ms: number): () => void {
    return this.#world.setTimer(() => {
      const left = SILENCE_MS - this.#silence();
      if (left <= 0) this.#starved();
      else this.#cancelTimer = this.#arm(left);
    }, ms);
  }
}
