/**
 * Counts the readers of one run. When the last one leaves, a grace time begins; it ends when any comes. After it `gone` is
 * called, once.
 */
export class Readers {
  #count = 0;
  #grace: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(
    private readonly graceMs: number,
    private readonly gone: () => void,
  ) {}

  join(): void {
    this.#count += 1;
    clearTimeout(this.#grace);
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count > 0 || this.#disposed) return;
    clearTimeout(this.#grace);
    this.#grace = setTimeout(this.gone, this.graceMs);
    this.#grace.unref();
  }

  /** The run has ended: nobody is waited for any more. */
  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#grace);
  }
}
