import { MarkdownDocument } from '../../markdown/index.js';

/** The tags in which a model writes the parts of a graph (docs/graph-design.md). */
export const DESIGN_TAGS = [
  'analysis',
  'todo',
  'graph_name',
  'graph_description',
  'node',
  'delete_node',
  'end_template',
] as const;
export type DesignTag = (typeof DESIGN_TAGS)[number];

/** A piece of an answer: what stands in a tag, or what stands between two. */
export interface Segment {
  tag: DesignTag | undefined;
  text: string;
  /** The same, as a text that may still grow. */
  document: MarkdownDocument;
  ended: boolean;
}

const BEGINNING = new RegExp(`<(${DESIGN_TAGS.join('|')})>`, 'i');
const LONGEST_TOKEN = Math.max(...DESIGN_TAGS.map(({ length }) => length)) + 3;

/** Cuts an answer into its segments while it is written. What may be the beginning of a tag waits until it is one or none. */
export class SegmentReader {
  readonly segments: Segment[] = [];
  #held = '';

  append(text: string): void {
    this.#held += text;
    this.#read(LONGEST_TOKEN);
  }

  end(): void {
    this.#read(0);
    this.#close();
  }

  #read(longestToken: number): void {
    for (let found = this.#token(); found; found = this.#token()) {
      this.#give(this.#held.slice(0, found.index));
      this.#held = this.#held.slice(found.index + found[0].length);
      const isInside = this.#open?.tag !== undefined;
      this.#close();
      if (!isInside) this.#begin(found[1]?.toLowerCase() as DesignTag);
    }
    const angle = this.#held.lastIndexOf('<');
    const waits = angle >= 0 && this.#held.length - angle < longestToken && !this.#held.includes('>', angle);
    const until = waits ? angle : this.#held.length;
    this.#give(this.#held.slice(0, until));
    this.#held = this.#held.slice(until);
  }

  get #open(): Segment | undefined {
    const last = this.segments.at(-1);
    return last?.ended === false ? last : undefined;
  }

  #token(): RegExpExecArray | null {
    const tag = this.#open?.tag;
    return (tag === undefined ? BEGINNING : new RegExp(`</${tag}>`, 'i')).exec(this.#held);
  }

  #begin(tag: DesignTag | undefined): Segment {
    const segment = { tag, text: '', document: new MarkdownDocument(), ended: false };
    this.segments.push(segment);
    return segment;
  }

  #give(text: string): void {
    // Between two tags there is often nothing but the end of a line.
    if (text === '' || (!this.#open && text.trim() === '')) return;
    const segment = this.#open ?? this.#begin(undefined);
    segment.text += text;
    segment.document.append(text);
  }

  #close(): void {
    const segment = this.#open;
    if (!segment) return;
    segment.ended = true;
    segment.document.end();
  }
}

export function segmentsOf(text: string): Segment[] {
  const reader = new SegmentReader();
  reader.append(text);
  reader.end();
  return reader.segments;
}
