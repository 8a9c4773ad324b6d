import type { DeltaEvent, RunEvent } from '../../../protocol/run-event.js';
import { isDelta } from '../../../protocol/run-event.js';
import { sameStretch } from '../same-stretch.js';

/** A stretch of text is one entry up to this length (UTF-16 code units) and this many deltas. */
export const ENTRY_TEXT = 4096;
export const ENTRY_DELTAS = 1024;

/** The place of an entry that is one event and no text. */
export const NO_PLACE = 'null';

/** What the log stores: one event, or a stretch of adjacent deltas of one part. */
export interface LogEntry {
  /** The last seq that it holds. */
  seq: number;
  /**
   * What all deltas of the part have in common, as JSON; `null` for other events. It is the *name* of the stream entry's only field,
   * because Redis stores a name once for a block of entries that have the same: a delta of its own takes little more than its text.
   */
  place: string;
  /** As JSON: the event without its envelope; the text of one delta; or `[text, length, …]` with the length of each but the last. */
  body: string;
}

/**
 * Writes events as entries. The envelope is left out: the run is the key, the seq is the entry's id, and the epoch follows from the
 * seq. An encoder remembers the part that it wrote last, so that a place is written once and not for each delta.
 */
export class EntryEncoder {
  private part: DeltaEvent | null = null;
  private place = '';

  encode(events: readonly RunEvent[]): LogEntry[] {
    const entries: LogEntry[] = [];
    for (let at = 0; at < events.length;) {
      const event = events[at]!;
      if (!isDelta(event)) {
        entries.push({ seq: event.seq, place: NO_PLACE, body: bodyOf(event) });
        at += 1;
        continue;
      }
      const end = stretchEnd(events, at, event);
      const deltas = events.slice(at, end) as DeltaEvent[];
      entries.push({ seq: deltas.at(-1)!.seq, place: this.placeOf(event), body: textOf(deltas) });
      at = end;
    }
    return entries;
  }

  private placeOf(event: DeltaEvent): string {
    if (!this.part || !sameStretch(this.part, event)) {
      const {
        v: _v,
        run_id: _run,
        epoch: _epoch,
        seq: _seq,
        from_seq: _from,
        delta: _delta,
        ...place
      } = event;
      this.part = event;
      this.place = JSON.stringify(place);
    }
    return this.place;
  }
}

/** Where the stretch that begins with `first` at `start` ends. */
function stretchEnd(events: readonly RunEvent[], start: number, first: DeltaEvent): number {
  let length = first.delta.length;
  let end = start + 1;
  for (; end < events.length && end - start < ENTRY_DELTAS; end += 1) {
    const event = events[end]!;
    if (!isDelta(event) || !sameStretch(first, event) || length + event.delta.length > ENTRY_TEXT) break;
    length += event.delta.length;
  }
  return end;
}

function bodyOf({ v: _v, run_id: _run, epoch: _epoch, seq: _seq, ...body }: RunEvent): string {
  return JSON.stringify(body);
}

function textOf(deltas: readonly DeltaEvent[]): string {
  if (deltas.length === 1) return JSON.stringify(deltas[0]!.delta);
  const text = deltas.map(({ delta }) => delta).join('');
  return JSON.stringify([text, ...deltas.slice(0, -1).map(({ delta }) => delta.length)]);
}
