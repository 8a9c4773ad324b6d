import { sizeOfEvent } from './log/event-size.js';
import type { AppendedEvent } from './log/run-log.js';

/** About so many characters are kept for a log that is away. */
export const PENDING_LIMIT = 1024 * 1024;

/** Most runs never have any. */
const NONE: AppendedEvent[] = [];

/** What a run has written and its log has not taken yet, in order. */
export class PendingEvents {
  #events = NONE;
  /** Those that an append is about: the log may take them, or not. */
  #taken = NONE;
  #size = 0;

  /** True when there is nothing to give to an append. */
  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  /** True when it is more than a log that is away is waited for. */
  get isTooMuch(): boolean {
    return this.#size > PENDING_LIMIT;
  }

  push(event: AppendedEvent): void {
    if (this.#events === NONE) this.#events = [event];
    else this.#events.push(event);
    this.#size += sizeOfEvent(event);
  }

  /** Gives all of them to an append. */
  take(): readonly AppendedEvent[] {
    this.#taken = this.#events;
    this.#events = NONE;
    return this.#taken;
  }

  /** The append has taken what it was given. */
  taken(): void {
    for (const event of this.#taken) this.#size -= sizeOfEvent(event);
    this.#taken = NONE;
  }

  /** The append has not taken what it was given. */
  putBack(): void {
    if (this.#taken.length > 0) this.#events = this.#taken.concat(this.#events);
    this.#taken = NONE;
  }

  /** Forgets all of them, also those that an append is about. */
  clear(): void {
    this.#events = NONE;
    this.#taken = NONE;
    this.#size = 0;
  }

  /** They are appended by the writer of another epoch than the one in which they were written. */
  moveTo(epoch: number): void {
    for (const event of this.#events) event.epoch = epoch;
  }
}
