import { signal, type ReadonlySignal } from '@preact/signals';
import type { RefusalPart, TextPart } from '../../../src/protocol/run-state.js';
import { LineDocument, MarkdownDocument } from '../markdown/index.js';

/** A part that is written piece by piece. Deltas wait in `pending` until the next frame. */
abstract class WrittenBlock<D extends LineDocument | MarkdownDocument> {
  readonly key: string;
  /** The execution of a node in which it is written. */
  readonly nodeRunId: string | undefined;
  readonly document: D;
  readonly #part: TextPart | RefusalPart;
  readonly #ended = signal(false);
  readonly #durationMs = signal<number | undefined>(undefined);
  #pending: string[] = [];
  #startedAt: number | undefined;
  #endedAt: number | undefined;

  constructor(part: TextPart | RefusalPart, document: D) {
    this.key = `${part.kind}:${part.kind === 'refusal' ? part.message_id : part.part_id}`;
    this.nodeRunId = part.node_run_id;
    this.#part = part;
    this.document = document;
    if (part.text !== '') this.#pending.push(part.text);
  }

  get ended(): ReadonlySignal<boolean> {
    return this.#ended;
  }

  /** How long the part took to write; unknown for stored answers. */
  get durationMs(): ReadonlySignal<number | undefined> {
    return this.#durationMs;
  }

  push(delta: string): void {
    this.#pending.push(delta);
  }

  started(ts: number): void {
    this.#startedAt = ts;
  }

  stopped(ts: number): void {
    this.#endedAt = ts;
  }

  flush(): void {
    if (this.#pending.length > 0) {
      const text = this.#pending.join('');
      this.#pending = [];
      this.document.append(text);
    }
    if (!this.#part.ended) return;
    this.document.end();
    // The same but for carriage returns. What grew by deltas is a tree of them in memory, and would be kept beside it (decision 11).
    this.#part.text = this.document.text;
    if (this.#startedAt !== undefined && this.#endedAt !== undefined) {
      this.#durationMs.value = Math.max(0, this.#endedAt - this.#startedAt);
    }
    this.#ended.value = true;
  }
}

export class TextBlock extends WrittenBlock<MarkdownDocument> {
  readonly kind = 'text';

  constructor(part: TextPart) {
    super(part, new MarkdownDocument());
  }
}

/** Reasoning or a refusal: plain lines. */
export class LinesBlock extends WrittenBlock<LineDocument> {
  readonly kind: 'reasoning' | 'refusal';

  constructor(part: TextPart | RefusalPart) {
    super(part, new LineDocument());
    this.kind = part.kind === 'refusal' ? 'refusal' : 'reasoning';
  }
}
