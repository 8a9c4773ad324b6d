/**
 * Measures silence: `restart` begins the wait, `touch` begins it anew, and when nothing touched it in time, the callback is called
 * once. Touching costs no allocation, because it happens for each read of each stream.
 */
export class SilenceClock {
  #timer: NodeJS.Timeout | undefined;

  /** Waits for `ms` of silence, then calls `onSilence`. Replaces the wait before it. */
  restart(ms: number, onSilence: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(onSilence, ms);
  }

  touch(): void {
    this.#timer?.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
