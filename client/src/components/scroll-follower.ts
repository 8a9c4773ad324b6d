/** Close enough to the end to count as the end: fractional pixels of zoomed pages. */
const AT_END_PX = 2;
/** A scroll event this soon after an input event is that input's work. */
const USER_SCROLL_MS = 400;
const UP_KEYS = new Set(['PageUp', 'Home', 'ArrowUp']);
const DOWN_KEYS = new Set(['PageDown', 'ArrowDown', ' ']);

/**
 * Keeps a scroller at its end while it grows, until the reader says otherwise.
 *
 * Two states. `following`: growth moves the view in the same frame. `released`: nothing moves it. Only a person releases it
 * (wheel up, touch, keys, the scroll bar, a selection by dragging), never a distance, because a jump of the layout is not a
 * wish. It follows again when a person arrives at the end, asks for it by a key, or through `follow`.
 */
export class ScrollFollower {
  readonly #scroller: HTMLElement;
  readonly #content: HTMLElement;
  readonly #changed: (following: boolean) => void;
  readonly #teardown = new AbortController();
  readonly #growth: ResizeObserver;
  #following = true;
  #userActedAt = -Infinity;
  #pointerDown = false;
  #lastTop = 0;

  /** @param following whether it begins at the end */
  constructor(
    scroller: HTMLElement,
    content: HTMLElement,
    changed: (following: boolean) => void,
    following: boolean,
  ) {
    this.#scroller = scroller;
    this.#content = content;
    this.#changed = changed;
    // Observers run after layout and before paint, so growth and scrolling are one frame.
    this.#growth = new ResizeObserver(() => this.#keepUp());
    this.#growth.observe(content);
    this.#growth.observe(scroller);
    this.#listen();
    this.#set(following);
  }

  /** Goes to the end and stays there. */
  follow(): void {
    this.#content.style.minBlockSize = '';
    this.#set(true);
    this.#keepUp();
  }

  release(): void {
    if (this.#overflows()) this.#set(false);
  }

  /** Keeps the view where it is while what it shows is exchanged, also for something shorter. `held` says that it has been. */
  hold(): void {
    const { scrollTop, clientHeight } = this.#scroller;
    this.#content.style.minBlockSize = `${scrollTop + clientHeight}px`;
    this.#set(false);
  }

  held(): void {
    if (!this.#overflows()) this.#set(true);
  }

  dispose(): void {
    this.#growth.disconnect();
    this.#teardown.abort();
  }

  #listen(): void {
    const scroller = this.#scroller;
    const options = { passive: true, signal: this.#teardown.signal };
    scroller.addEventListener('wheel', (event) => this.#onWheel(event), options);
    scroller.addEventListener('touchmove', () => this.#onUserScroll(), options);
    scroller.addEventListener('keydown', (event) => this.#onKey(event), { signal: options.signal });
    scroller.addEventListener('focusin', () => this.#onFocus(), options);
    scroller.addEventListener('pointerdown', (event) => this.#onPointerDown(event), options);
    addEventListener('pointerup', () => this.#onPointerUp(), options);
    scroller.addEventListener('scroll', () => this.#onScroll(), options);
    scroller.addEventListener('scrollend', () => this.#onScrollEnd(), options);
    document.addEventListener('selectionchange', () => this.#onSelection(), options);
  }

  #onWheel(event: WheelEvent): void {
    this.#userActedAt = event.timeStamp;
    if (event.deltaY < 0 && !this.#nestedCanScrollUp(event.target)) this.release();
  }

  #onUserScroll(): void {
    this.#userActedAt = performance.now();
    this.release();
  }

  #onKey(event: KeyboardEvent): void {
    const up = UP_KEYS.has(event.key) || (event.key === ' ' && event.shiftKey);
    if (up || DOWN_KEYS.has(event.key)) this.#userActedAt = event.timeStamp;
    if (up) this.release();
    if (event.key !== 'End' && !(event.key === 'ArrowDown' && event.metaKey)) return;
    // The browser would scroll smoothly to where the end is now, and stay there while the answer grows.
    event.preventDefault();
    this.#userActedAt = event.timeStamp;
    this.follow();
  }

  /** The browser has scrolled to what the Tab key reached. */
  #onFocus(): void {
    if (this.#distance() > AT_END_PX) this.release();
  }

  #onPointerDown(event: PointerEvent): void {
    this.#pointerDown = true;
    const onScrollBar = event.target === this.#scroller && event.offsetX >= this.#scroller.clientWidth;
    if (onScrollBar) this.release();
  }

  #onPointerUp(): void {
    if (!this.#pointerDown) return;
    this.#pointerDown = false;
    this.#userActedAt = performance.now();
  }

  #onSelection(): void {
    if (!this.#pointerDown) return;
    const selection = getSelection();
    if (selection && !selection.isCollapsed && this.#scroller.contains(selection.anchorNode)) this.release();
  }

  #onScroll(): void {
    const byUser = this.#pointerDown || performance.now() - this.#userActedAt < USER_SCROLL_MS;
    // The event of our own last move may come after a key that has just released the view.
    const arrived = this.#scroller.scrollTop > this.#lastTop && this.#distance() <= AT_END_PX;
    this.#lastTop = this.#scroller.scrollTop;
    if (!this.#following && byUser && arrived && !this.#selecting()) this.#set(true);
    // A smooth or inertial scroll goes on long after the finger has left.
    if (byUser) this.#userActedAt = performance.now();
  }

  /** A smooth scroll that was under way when following began has carried the view away again. */
  #onScrollEnd(): void {
    if (performance.now() - this.#userActedAt < USER_SCROLL_MS) this.#keepUp();
  }

  #selecting(): boolean {
    const selection = getSelection();
    return this.#pointerDown && selection !== null && !selection.isCollapsed;
  }

  #keepUp(): void {
    if (!this.#following) return;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#lastTop = this.#scroller.scrollTop;
  }

  #set(following: boolean): void {
    this.#following = following;
    // While following, the browser's own anchoring would hold the view where it was.
    this.#scroller.style.overflowAnchor = following ? 'none' : 'auto';
    this.#changed(following);
  }

  #distance(): number {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  #overflows(): boolean {
    return this.#scroller.scrollHeight - this.#scroller.clientHeight > AT_END_PX;
  }

  /** A wheel over a box that scrolls by itself is meant for that box. */
  #nestedCanScrollUp(target: EventTarget | null): boolean {
    let element = target instanceof Element ? target : null;
    while (element && element !== this.#scroller) {
      if (element.scrollHeight > element.clientHeight && element.scrollTop !== 0) {
        const { overflowY } = getComputedStyle(element);
        if (overflowY === 'auto' || overflowY === 'scroll') return true;
      }
      element = element.parentElement;
    }
    return false;
  }
}
