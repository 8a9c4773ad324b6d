import { sizeOfEvent } from './log/event-size.js';
import type { AppendedEvent } from './log/run-log.js';

/** About so many characters are kept for a log that is away. */
export const PENDING_LIMIT = 1024 * 1024;

/** What a run has written and its log has not taken yet, in order. */
export class PendingEvents {
  #events: AppendedEvent[] = [];
  #size = 0;

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  /** True when it is more than a log that is away is waited for. */
  get isTooMuch(): boolean {
    return this.#size > PENDING_LIMIT;
  }

  push(event: AppendedEvent): void {
    this.#events.push(event);
    this.#size += sizeOfEvent(event);
  }

  /** Gives all of them to an append. */
  take(): AppendedEvent[] {
    const taken = this.#events;
    this.#events = [];
    this.#size = 0;
    return taken;
  }

  /** Takes back what an append did not take. */
  putBack(events: readonly AppendedEvent[]): void {
    this.#events = events.concat(this.#events);
    for (const event of events) this.#size += sizeOfEvent(event);
  }

  /** They are appended by the writer of another epoch than the one in which they were written. */
  moveTo(epoch: number): void {
    for (const event of this.#events) event.epoch = epoch;
  }
}
