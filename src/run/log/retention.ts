/** Time, as far as retention needs it. A test gives its own. */
export interface RetentionClock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Calls `run` once, later; returns the function that prevents it. Must not keep the process alive. */
  after(milliseconds: number, run: () => void): () => void;
}

/** Node's timers count in a signed 32-bit number, and fire at once beyond it. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const systemClock: RetentionClock = {
  now: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, Math.min(milliseconds, LONGEST_TIMER));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Ends things a fixed time after they were begun, with one timer for all of them. */
export class Retention {
  /** When each ends. The time is the same for all, so the order of insertion is the order of ending. */
  private readonly ends = new Map<string, number>();
  private stopTimer: (() => void) | null = null;

  constructor(
    private readonly milliseconds: number,
    private readonly clock: RetentionClock,
    private readonly expire: (id: string) => void,
  ) {}

  /** Begins the time of `id`, anew if it ran already. */
  begin(id: string): void {
    this.ends.delete(id);
    this.ends.set(id, this.clock.now() + this.milliseconds);
    this.arm();
  }

  /** Takes `id` out: it does not end. */
  cancel(id: string): void {
    this.ends.delete(id);
    if (this.ends.size === 0) this.disarm();
  }

  clear(): void {
    this.ends.clear();
    this.disarm();
  }

  private arm(): void {
    const next = this.ends.values().next();
    if (this.stopTimer || next.done) return;
    const wait = Math.max(next.value - this.clock.now(), 0);
    this.stopTimer = this.clock.after(wait, () => this.sweep());
  }

  private disarm(): void {
    this.stopTimer?.();
    this.stopTimer = null;
  }

  private sweep(): void {
    this.stopTimer = null;
    const now = this.clock.now();
    for (const [id, end] of this.ends) {
      if (end > now) break;
      this.ends.delete(id);
      this.expire(id);
    }
    this.arm();
  }
}
