import type { Packed } from '../../protocol/packed.js';
import type { DeltaEvent } from '../../protocol/run-event.js';
import { sameStretch } from './same-stretch.js';

/** A segment is sealed at this much text (UTF-16 code units) or this many deltas, whichever comes first. */
export const SEGMENT_TEXT = 4096;
export const SEGMENT_DELTAS = 1024;
/** V8 holds so small an array with the object. */
const FIRST_ROOM = 16;

/**
 * Adjacent deltas of one part, held as text with the end of each delta rather than as objects.
 *
 * The open segment keeps what came together as one text, so that a reader at the head gets that as it is: text that grows by `+=` would
 * be flattened as a whole for each of them. Texts are joined when somebody reads further back, and when the segment is sealed; it is
 * short, so the total cost is linear in the text.
 */
export class TextSegment {
  readonly firstSeq: number;
  /** What the deltas have in common; its own seq and text mean nothing. */
  readonly template: DeltaEvent;
  /** The text in one or more parts, and the number of the delta with which each begins. */
  private texts: string[] = [];
  private starts: number[] = [];
  /** Where each delta ends in the whole text. As long as the segment is open there is room for more. */
  private ends: Uint16Array | Uint32Array = new Uint32Array(FIRST_ROOM);
  private isSealed = false;
  private size = 0;
  private total = 0;

  /** An empty segment that begins with the delta `firstSeq`. `place` is any delta of the part. */
  constructor(place: DeltaEvent, firstSeq: number) {
    this.firstSeq = firstSeq;
    this.template = { ...place, delta: '' };
  }

  /** The number of deltas. */
  get count(): number {
    return this.total;
  }

  get lastSeq(): number {
    return this.firstSeq + this.total - 1;
  }

  /** The length of all text. */
  get length(): number {
    return this.size;
  }

  get sealed(): boolean {
    return this.isSealed;
  }

  accepts(event: DeltaEvent): boolean {
    return !this.isSealed && sameStretch(this.template, event);
  }

  /**
   * Adds the deltas of `packed` from the one numbered `from`, until it is full. Returns the number of the first that it did not take. The
   * segment must not be sealed.
   */
  push({ delta: text, ends }: Packed<{ readonly delta: string }>, from: number): number {
    const first = this.total;
    const count = ends?.length ?? 1;
    const start = from === 0 ? 0 : ends![from - 1]!;
    const before = this.size - start;
    let at = from;
    for (; at < count && !this.isFull; at += 1) {
      this.size = before + (ends ? ends[at]! : text.length);
      if (this.total === this.ends.length) this.makeRoom();
      this.ends[this.total] = this.size;
      this.total += 1;
    }
    this.starts.push(first);
    this.texts.push(at - from === count ? text : text.slice(start, this.size - before));
    if (this.isFull) this.seal();
    return at;
  }

  /** Joins the text. Nothing can be added after it. */
  seal(): void {
    if (this.isSealed) return;
    this.isSealed = true;
    this.joinTexts();
    const ends = this.ends.subarray(0, this.total);
    this.ends = this.size <= 0xffff ? Uint16Array.from(ends) : Uint32Array.from(ends);
  }

  /** The text of the deltas numbered `from` up to, but not including, `to`, counted from 0. */
  textOf(from: number, to: number): string {
    if (this.starts.at(-1)! > from) this.joinTexts();
    const start = this.starts.at(-1)!;
    const text = this.texts.at(-1)!;
    if (from === start && to === this.total) return text;
    const before = this.endOf(start - 1);
    return text.slice(this.endOf(from - 1) - before, this.endOf(to - 1) - before);
  }

  /** The greatest `to` for which the text of the deltas from `from` up to `to` is at most `room` long. */
  fitting(from: number, room: number): number {
    const furthest = this.endOf(from - 1) + room;
    if (this.size <= furthest) return this.total;
    let low = from;
    let high = this.total;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.endOf(middle) <= furthest) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private get isFull(): boolean {
    return this.size >= SEGMENT_TEXT || this.total >= SEGMENT_DELTAS;
  }

  private makeRoom(): void {
    const ends = new Uint32Array(this.ends.length * 2);
    ends.set(this.ends);
    this.ends = ends;
  }

  private joinTexts(): void {
    if (this.texts.length === 1) return;
    this.texts = [this.texts.join('')];
    this.starts = [0];
  }

  private endOf(index: number): number {
    return index < 0 ? 0 : this.ends[index]!;
  }
}
