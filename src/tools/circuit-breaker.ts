/**
 * Stops asking a server that keeps failing: after `threshold` failures in a row it refuses everything for `openMs`, and then
 * lets one attempt through, which decides (Nygard, Release It!, 2nd edition, chapter 5, "Circuit Breaker").
 */
export class CircuitBreaker {
  private failures = 0;
  private openUntil = 0;

  constructor(
    private readonly threshold: number,
    private readonly openMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** 0 when the attempt may go on, else how many milliseconds to wait. Each attempt must report how it ended. */
  enter(): number {
    const wait = this.openUntil - this.now();
    if (wait > 0) return wait;
    // While the one attempt is under way the others still wait.
    if (this.failures >= this.threshold) this.openUntil = this.now() + this.openMs;
    return 0;
  }

  succeeded(): void {
    this.failures = 0;
    this.openUntil = 0;
  }

  failed(): void {
    this.failures += 1;
    if (this.failures >= this.threshold) this.openUntil = this.now() + this.openMs;
  }

  /** The attempt was given up by its caller, which says nothing about the server. */
  abandoned(): void {
    if (this.failures >= this.threshold) this.openUntil = 0;
  }
}
