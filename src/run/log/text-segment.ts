import type { DeltaEvent } from '../../protocol/run-event.js';
import { sameStretch } from './same-stretch.js';

/** A segment is sealed at this much text (UTF-16 code units) or this many deltas, whichever comes first. */
export const SEGMENT_TEXT = 4096;
export const SEGMENT_DELTAS = 1024;

/**
 * Adjacent deltas of one part, held as text with the end of each delta rather than as objects.
 *
 * The open segment keeps its deltas apart, so that a reader at the head joins only what is new: text that grows by `+=` would be
 * flattened as a whole for each of them. Sealing joins it once, so the total cost is linear in the text.
 */
export class TextSegment {
  readonly firstSeq: number;
  /** What the deltas have in common; its own seq and text mean nothing. */
  readonly template: DeltaEvent;
  private deltas: string[] | null = [];
  private text = '';
  /** Where each delta of a sealed segment ends in its text. */
  private ends: Uint16Array | Uint32Array = new Uint16Array(0);
  private size = 0;
  private total = 0;

  constructor(first: DeltaEvent) {
    this.firstSeq = first.seq;
    this.template = { ...first, delta: '' };
    this.push(first.delta);
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
    return this.deltas === null;
  }

  accepts(event: DeltaEvent): boolean {
    return !this.sealed && sameStretch(this.template, event);
  }

  /** Adds the next delta's text; the segment must not be sealed. */
  push(delta: string): void {
    this.deltas!.push(delta);
    this.size += delta.length;
    this.total += 1;
    if (this.size >= SEGMENT_TEXT || this.total >= SEGMENT_DELTAS) this.seal();
  }

  /** Joins the text. Nothing can be added after it. */
  seal(): void {
    if (!this.deltas) return;
    this.ends = this.size <= 0xffff ? new Uint16Array(this.total) : new Uint32Array(this.total);
    let end = 0;
    for (const [index, delta] of this.deltas.entries()) {
      end += delta.length;
      this.ends[index] = end;
    }
    this.text = this.deltas.join('');
    this.deltas = null;
  }

  /** The text of the deltas numbered `from` up to, but not including, `to`, counted from 0. */
  textOf(from: number, to: number): string {
    if (!this.deltas) return this.text.slice(this.endOf(from - 1), this.endOf(to - 1));
    return to - from === 1 ? this.deltas[from]! : this.deltas.slice(from, to).join('');
  }

  /** The greatest `to` for which the text of the deltas from `from` up to `to` is at most `room` long. */
  fitting(from: number, room: number): number {
    if (!this.deltas) return this.fittingSealed(from, room);
    let to = from;
    let length = 0;
    while (to < this.total && length + this.deltas[to]!.length <= room) {
      length += this.deltas[to]!.length;
      to += 1;
    }
    return to;
  }

  private fittingSealed(from: number, room: number): number {
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

  private endOf(index: number): number {
    return index < 0 ? 0 : this.ends[index]!;
  }
}
