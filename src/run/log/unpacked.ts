import type { DeltaEvent, RunEvent } from '../../protocol/run-event.js';
import { piecesOf } from '../../protocol/packed.js';
import { isDelta } from '../../protocol/run-event.js';
import type { AppendedEvent } from './run-log.js';

/** The events one by one, each with its own seq. */
export function unpacked(events: readonly AppendedEvent[]): RunEvent[] {
  return events.flatMap((event): RunEvent[] => {
    if (!event.ends || !isDelta(event)) return [event];
    const place = placeOf(event);
    const first = event.seq - event.ends.length + 1;
    return piecesOf(event).map((delta, index) => ({ ...place, seq: first + index, delta }));
  });
}

/** A delta without what only a packed or merged one has: what it shares with its neighbours of the same part, and its own seq and text. */
export function placeOf(event: DeltaEvent & AppendedEvent): DeltaEvent {
  if (event.ends === undefined && event.from_seq === undefined) return event;
  const { ends: _ends, from_seq: _from, ...place } = event;
  return place;
}
