import type { RunEvent } from '../../../protocol/run-event.js';
import type { Frame } from '../dialect.js';

/** Readers at the head are woken one after the other for what was just appended, which is mostly one event. */
const KEPT = 8;

/**
 * The frames of the last few events, so that an event is encoded once for all that read it at the head of its log, where they get the
 * same objects. A WeakMap would do the same for the collector's time: each delta would be a new entry in it (decision 11).
 */
export class RecentFrames {
  readonly #events: RunEvent[] = [];
  readonly #frames: Frame[] = [];
  #next = 0;

  find(event: RunEvent): Frame | undefined {
    const at = this.#events.indexOf(event);
    return at === -1 ? undefined : this.#frames[at];
  }

  keep(event: RunEvent, frame: Frame): void {
    this.#events[this.#next] = event;
    this.#frames[this.#next] = frame;
    this.#next = (this.#next + 1) % KEPT;
  }
}
