import type { RetentionClock } from '../retention.js';

/** A clock that stands still until it is advanced. */
export class TestClock implements RetentionClock {
  private time = 0;
  private waiting: { at: number; run: () => void }[] = [];

  /** How many timers are set. */
  get timers(): number {
    return this.waiting.length;
  }

  now(): number {
    return this.time;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.time + milliseconds, run };
    this.waiting.push(timer);
    return () => {
      this.waiting = this.waiting.filter((one) => one !== timer);
    };
  }

  advance(milliseconds: number): void {
    const until = this.time + milliseconds;
    for (let next = this.next(until); next; next = this.next(until)) {
      this.waiting = this.waiting.filter((one) => one !== next);
      this.time = next.at;
      next.run();
    }
    this.time = until;
  }

  private next(until: number) {
    return this.waiting.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];
  }
}
