export interface Flushable {
  flush(): void;
}

/** What the scheduler needs of the page. */
export interface FramePage {
  requestFrame(callback: () => void): void;
  hidden(): boolean;
  onVisible(callback: () => void): void;
}

/**
 * Flushes what changed once a frame, however many deltas came. While the page is hidden nothing is flushed: models keep what
 * they got and are flushed once when the page is seen again.
 */
export class FrameScheduler {
  readonly #page: FramePage;
  readonly #dirty = new Set<Flushable>();
  #requested = false;

  constructor(page: FramePage = browserPage) {
    this.#page = page;
    page.onVisible(() => this.#request());
  }

  mark(one: Flushable): void {
    this.#dirty.add(one);
    this.#request();
  }

  #request(): void {
    if (this.#requested || this.#dirty.size === 0 || this.#page.hidden()) return;
    this.#requested = true;
    this.#page.requestFrame(() => {
      this.#requested = false;
      const dirty = [...this.#dirty];
      this.#dirty.clear();
      for (const one of dirty) one.flush();
    });
  }
}

export const browserPage: FramePage = {
  requestFrame: (callback) => void requestAnimationFrame(callback),
  hidden: () => document.hidden,
  onVisible: (callback) =>
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) callback();
    }),
};
