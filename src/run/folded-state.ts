import { isDelta, type DeltaEvent, type RunEvent } from '../protocol/run-event.js';
import { applyEvent } from '../protocol/apply-event.js';
import type { RunState } from '../protocol/run-state.js';
import { DELTAS_AT_ONCE } from './log/compact-events.js';
import { merged } from './log/merged-events.js';

/** So much text is folded at once. */
const FOLDED_TEXT = 1024;

/**
 * The state of a run as its events make it, known at any moment. Text is folded in larger pieces: a string that grows by each delta is
 * a node of a tree for each, which is several times the answer itself in memory (decision 11).
 */
export class FoldedState {
  readonly #state: RunState;
  /** The last deltas, as they came. */
  #fresh: DeltaEvent[] = [];
  /** Those before them that are not folded yet, merged as many at a time as were fresh. */
  #merged: RunEvent[] = [];
  /** The length of the text of both. */
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
    this.#fresh.push(event);
    this.#length += event.delta.length;
    if (this.#length >= FOLDED_TEXT) this.#fold();
    else if (this.#fresh.length >= DELTAS_AT_ONCE) this.#merge();
  }

  /** A text that waits as long as it takes to make a kilobyte would be moved to V8's old generation, delta by delta (decision 11). */
  #merge(): void {
    this.#merged.push(...merged(this.#fresh));
    this.#fresh = [];
  }

  #fold(): void {
    if (this.#fresh.length === 0 && this.#merged.length === 0) return;
    const events = this.#merged.length === 0 ? this.#fresh : this.#merged.concat(this.#fresh);
    for (const event of merged(events)) applyEvent(this.#state, event);
    this.#merged = [];
    this.#fresh = [];
    this.#length = 0;
  }
}
