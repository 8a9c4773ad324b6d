/**
 * Tells the one who waits that something has happened. What happens while nobody waits is not missed: the next wait is over at once,
 * unless it was reset.
 */
export class Signal {
  #raised = false;
  #wake: (() => void) | undefined;

  /** Bound, so that it can be given away as a listener. */
  readonly raise = (): void => {
    this.#raised = true;
    this.#wake?.();
    this.#wake = undefined;
  };

  /** Forgets what has happened: what is done next takes it into account. */
  reset(): void {
    this.#raised = false;
  }

  /** Resolves once it is raised; at once when it has been. */
  async wait(): Promise<void> {
    if (!this.#raised) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#raised = false;
  }
}
