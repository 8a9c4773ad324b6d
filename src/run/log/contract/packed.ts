import { packedText } from '../../../protocol/packed.js';
import { isDelta, type RunEvent } from '../../../protocol/run-event.js';
import type { AppendedEvent } from '../run-log.js';
import { sameStretch } from '../same-stretch.js';

/** The same events, with the deltas of one part that follow each other packed, as they come from one read of a provider's socket. */
export function packed(events: readonly RunEvent[]): AppendedEvent[] {
  const given: AppendedEvent[] = [];
  for (let at = 0; at < events.length;) {
    const first = events[at]!;
    let end = at + 1;
    if (isDelta(first)) {
      const deltas = [first];
      for (let next = events[end]; next && isDelta(next) && sameStretch(first, next); next = events[end]) {
        deltas.push(next);
        end += 1;
      }
      const { seq } = events[end - 1]!;
      given.push(deltas.length === 1 ? first : { ...first, from_seq: first.seq, seq, ...packedText(deltas) });
    } else given.push(first);
    at = end;
  }
  return given;
}
