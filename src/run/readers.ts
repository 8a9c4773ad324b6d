/**
 * The readers of one run that is to end without any. When the last one leaves, a grace time begins; it ends when any comes, here or
 * on another instance. After it `gone` is called, once.
 */
export class Readers {
  #here = 0;
  #elsewhere = false;
  #grace: NodeJS.Timeout | undefined;
  #disposed = false;

  /** `readElsewhere` asks other instances, where there may be some. */
  constructor(
    private readonly graceMs: number,
    private readonly gone: () => void,
    private readonly readElsewhere?: () => Promise<boolean>,
  ) {}

  /** True when it depends on other instances whether the run is read. */
  get isUnreadHere(): boolean {
    return this.#here === 0 && !this.#disposed;
  }

  join(): void {
    this.#here += 1;
    clearTimeout(this.#grace);
  }

  leave(): void {
    this.#here -= 1;
    this.#beginGrace();
  }

  /** What other instances say. */
  setElsewhere(isRead: boolean): void {
    if (isRead === this.#elsewhere) return;
    this.#elsewhere = isRead;
    if (isRead) clearTimeout(this.#grace);
    else this.#beginGrace();
  }

  /** The run has ended: nobody is waited for any more. */
  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#grace);
  }

  #beginGrace(): void {
    if (!this.isUnreadHere || this.#elsewhere) return;
    clearTimeout(this.#grace);
    this.#grace = setTimeout(() => this.#end(), this.graceMs);
    this.#grace.unref();
  }

  #end(): void {
    if (!this.readElsewhere) return this.gone();
    // What nobody can tell now is asked again; until then the run goes on.
    void this.readElsewhere()
      .catch(() => true)
      .then((isRead) => {
        if (!this.isUnreadHere) return;
        if (isRead) this.setElsewhere(true);
        else this.gone();
      });
  }
}
