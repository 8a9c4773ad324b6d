import { isDelta, type RunEvent } from '../protocol/run-event.js';
import { applyEvent } from '../protocol/apply-event.js';
import type { RunState } from '../protocol/run-state.js';
import { MergedEvents } from './log/merged-events.js';

/** So much text is folded at once. */
const FOLDED_TEXT = 1024;

/**
 * The state of a run as its events make it, known at any moment. Text is folded in larger pieces: a string that grows by each delta is
 * a node of a tree for each, which is several times the answer itself in memory (decision 11).
 */
export class FoldedState {
  readonly #state: RunState;
  /** Deltas that are not folded yet. */
  #text = new MergedEvents(Infinity);
  #holdsText = false;
  #length = 0;

  /** `state` is folded into, in place. */
  constructor(state: RunState) {
    this.#state = state;
  }

  /** The same object whenever it is asked for; up to date then. */
  get current(): RunState {
    this.#fold();
    return this.#state;
  }

  apply(event: RunEvent): void {
    if (!isDelta(event)) {
      this.#fold();
      applyEvent(this.#state, event);
      return;
    }
    this.#text.add(event);
    this.#holdsText = true;
    this.#length += event.delta.length;
    if (this.#length >= FOLDED_TEXT) this.#fold();
  }

  #fold(): void {
    if (!this.#holdsText) return;
    this.#holdsText = false;
    this.#length = 0;
    for (const event of this.#text.finish()) applyEvent(this.#state, event);
    this.#text = new MergedEvents(Infinity);
  }
}
