import type { DeltaEvent, RunEvent } from '../../protocol/run-event.js';
import { countOf, packedText, type Packed } from '../../protocol/packed.js';
import { isDelta } from '../../protocol/run-event.js';
import { DELTA_OVERHEAD, sizeOfEvent } from './event-size.js';
import { MergedEvents } from './merged-events.js';
import type { AppendedEvent } from './run-log.js';
import { sameStretch } from './same-stretch.js';
import { SEGMENT_TEXT, TextSegment } from './text-segment.js';
import { placeOf } from './unpacked.js';

type Entry = RunEvent | TextSegment;
type PackedDelta = Packed<DeltaEvent>;

/** So many deltas are compacted at once: a chunk that comes by itself finds that code and its memory cold each time (decision 11). */
export const DELTAS_AT_ONCE = 16;

/** The events of one run in memory: adjacent text as segments, everything else as the objects that were appended. */
export class CompactEvents {
  private entries: Entry[] = [];
  /** The last deltas, as they came. */
  private fresh: AppendedEvent[] = [];
  private first: number;
  private last: number;
  private held = 0;

  /** `afterSeq` is the seq before the first event. */
  constructor(afterSeq: number) {
    this.first = afterSeq + 1;
    this.last = afterSeq;
  }

  get firstSeq(): number {
    return this.first;
  }

  get lastSeq(): number {
    return this.last;
  }

  /** About how many characters are held. */
  get size(): number {
    return this.held;
  }

  /** How many things hold the events: segments and single events. */
  get entryCount(): number {
    this.compact();
    return this.entries.length;
  }

  /** Adds the next event. */
  push(event: AppendedEvent): void {
    this.last = event.seq;
    this.held += sizeOfEvent(event);
    this.fresh.push(event);
    // What is packed comes in bulk, where nothing is cold.
    const waits = isDelta(event) && event.ends === undefined && this.fresh.length < DELTAS_AT_ONCE;
    if (!waits) this.compact();
  }

  private compact(): void {
    const { fresh } = this;
    if (fresh.length === 0) return;
    this.fresh = [];
    for (let at = 0; at < fresh.length;) {
      const event = fresh[at]!;
      if (isDelta(event)) {
        const count = stretchAt(fresh, at, event);
        this.pushText(event, count === 1 ? event : packedText(fresh.slice(at, at + count) as PackedDelta[]));
        at += count;
      } else {
        this.sealTail();
        this.entries.push(event);
        at += 1;
      }
    }
  }

  /** Adds adjacent deltas of one part at once, which makes one text of them. `event` is the first. */
  private pushText(event: PackedDelta, deltas: Packed<{ delta: string }>): void {
    const firstSeq = event.seq - countOf(event) + 1;
    const count = countOf(deltas);
    let at = 0;
    let segment = this.openSegment(event);
    // A lone delta stays the object it is: parts that alternate would otherwise cost a segment each.
    if (!segment && count === 1) {
      this.sealTail();
      this.entries.push(event);
      return;
    }
    for (; at < count; segment = undefined) {
      if (!segment) {
        this.sealTail();
        segment = new TextSegment(placeOf(event), firstSeq + at);
        this.entries.push(segment);
      }
      at = segment.push(deltas, at);
    }
  }

  /** The segment at the end, if it takes this delta; made of the lone delta that stands there, where that is so. */
  private openSegment(event: DeltaEvent): TextSegment | undefined {
    const tail = this.entries.at(-1);
    if (tail instanceof TextSegment) return tail.accepts(event) ? tail : undefined;
    if (!isLoneDelta(tail) || tail.delta.length >= SEGMENT_TEXT || !sameStretch(tail, event))
      return undefined;
    const segment = new TextSegment(tail, tail.seq);
    segment.push(tail, 0);
    this.entries[this.entries.length - 1] = segment;
    return segment;
  }

  private sealTail(): void {
    const tail = this.entries.at(-1);
    if (tail instanceof TextSegment) tail.seal();
  }

  /** The events from `seq` on, at most `limit`. */
  read(seq: number, limit: number, merge: boolean): RunEvent[] {
    if (seq > this.last) return [];
    this.compact();
    return merge ? this.readMerged(seq, limit) : this.readSingly(seq, limit);
  }

  /** Forgets the events up to `throughSeq`. A segment goes when all of it does. */
  trim(throughSeq: number): void {
    this.compact();
    const keep = throughSeq >= this.last ? this.entries.length : this.indexOf(throughSeq + 1);
    for (const entry of this.entries.slice(0, keep)) this.held -= sizeOf(entry);
    this.entries = this.entries.slice(keep);
    this.first = throughSeq + 1;
  }

  private readSingly(seq: number, limit: number): RunEvent[] {
    const events: RunEvent[] = [];
    for (let index = this.indexOf(seq); index < this.entries.length && events.length < limit; index += 1) {
      const entry = this.entries[index]!;
      if (!(entry instanceof TextSegment)) {
        events.push(entry);
        continue;
      }
      const from = Math.max(seq - entry.firstSeq, 0);
      const to = Math.min(entry.count, from + limit - events.length);
      for (let at = from; at < to; at += 1) {
        events.push({ ...entry.template, seq: entry.firstSeq + at, delta: entry.textOf(at, at + 1) });
      }
    }
    return events;
  }

  private readMerged(seq: number, limit: number): RunEvent[] {
    const merged = new MergedEvents(limit);
    for (let index = this.indexOf(seq); index < this.entries.length; index += 1) {
      const entry = this.entries[index]!;
      const taken =
        entry instanceof TextSegment
          ? takeSegment(merged, entry, Math.max(seq - entry.firstSeq, 0))
          : merged.add(entry);
      if (!taken) break;
    }
    return merged.finish();
  }

  /** The entry that holds `seq`, which must be held. Readers are mostly at the head, so that is tried first. */
  private indexOf(seq: number): number {
    let low = 0;
    let high = this.entries.length - 1;
    if (firstSeqOf(this.entries[high]!) <= seq) return high;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (firstSeqOf(this.entries[middle]!) <= seq) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** How many of the events from `at` on are deltas that may be held as one text with the first of them. */
function stretchAt(events: readonly AppendedEvent[], at: number, first: DeltaEvent): number {
  let end = at + 1;
  for (; end < events.length; end += 1) {
    const event = events[end]!;
    if (!isDelta(event) || !sameStretch(first, event)) break;
  }
  return end - at;
}

function takeSegment(merged: MergedEvents, segment: TextSegment, from: number): boolean {
  for (let at = from; at < segment.count;) {
    // A delta that fits nowhere is taken alone.
    const to = Math.max(segment.fitting(at, merged.room(segment.template)), at + 1);
    const text = segment.textOf(at, to);
    if (!merged.addText(segment.template, segment.firstSeq + at, segment.firstSeq + to - 1, text))
      return false;
    at = to;
  }
  return true;
}

function isLoneDelta(entry: Entry | undefined): entry is DeltaEvent {
  return entry !== undefined && !(entry instanceof TextSegment) && isDelta(entry);
}

function firstSeqOf(entry: Entry): number {
  return entry instanceof TextSegment ? entry.firstSeq : entry.seq;
}

function sizeOf(entry: Entry): number {
  if (entry instanceof TextSegment) return entry.length + DELTA_OVERHEAD * entry.count;
  return sizeOfEvent(entry);
}
