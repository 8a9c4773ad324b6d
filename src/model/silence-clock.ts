/**
 * Measures silence: `restart` begins the wait, `touch` begins it anew, and when nothing touched it in time, the callback is called
 * once. A touch only notes the time, because it happens for each read of each stream: the timer looks at that when it comes.
 */
export class SilenceClock {
  #timer: NodeJS.Timeout | undefined;
  #touchedAt = 0;
  #ms = 0;
  #onSilence: (() => void) | undefined;

  /** Waits for `ms` of silence, then calls `onSilence`. Replaces the wait before it. */
  restart(ms: number, onSilence: () => void): void {
    this.#ms = ms;
    this.#onSilence = onSilence;
    this.touch();
    this.#wait(ms);
  }

  touch(): void {
    this.#touchedAt = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const left = this.#touchedAt + this.#ms - performance.now();
      if (left > 0) this.#wait(Math.ceil(left));
      else this.#onSilence?.();
    }, ms);
  }
}
