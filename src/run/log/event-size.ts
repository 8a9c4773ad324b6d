import { countOf } from '../../protocol/packed.js';
import { isDelta } from '../../protocol/run-event.js';
import type { AppendedEvent } from './run-log.js';

/** What a delta costs beside its text. */
export const DELTA_OVERHEAD = 2;

/** About how many characters of a log an event takes. */
export function sizeOfEvent(event: AppendedEvent): number {
  return isDelta(event) ? event.delta.length + DELTA_OVERHEAD * countOf(event) : eventSize(event);
}

/**
 * About how many characters a JSON value takes, without writing it: the text it holds and a little for each value. It walks
 * with a stack of its own, because a tool's input may be nested deeper than calls can be.
 */
export function eventSize(value: unknown): number {
  let size = 0;
  const left: unknown[] = [value];
  while (left.length > 0) {
    const one = left.pop();
    if (typeof one === 'string') size += one.length + 2;
    else if (typeof one !== 'object' || one === null) size += 5;
    else {
      const entries = Object.entries(one);
      for (const [key, member] of entries) {
        size += Array.isArray(one) ? 1 : key.length + 4;
        left.push(member);
      }
    }
  }
  return size;
}
