const LINE_ENDING = /\r\n?/g;

/** Shows a document: gets its text so far when it attaches, then each further piece. */
export interface TextView {
  append(text: string): void;
  end(): void;
}

/**
 * A text that grows. It holds no DOM and no parse tree: views attach, are given the whole text, and follow it.
 * The pieces are joined only when somebody asks for the whole.
 */
export class TextDocument {
  #pieces: string[];
  #ended = false;
  readonly #views = new Set<TextView>();

  constructor(text = '') {
    this.#pieces = text === '' ? [] : [text];
  }

  /** The whole text so far, for copying. */
  get text(): string {
    if (this.#pieces.length > 1) this.#pieces = [this.#pieces.join('')];
    return this.#pieces[0] ?? '';
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Adds text; after `end()` it does nothing. The owner calls it at most once a frame. */
  append(text: string): void {
    if (this.#ended || text === '') return;
    this.#pieces.push(text);
    for (const view of this.#views) view.append(text);
  }

  /** The text is complete. Further calls do nothing. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const view of this.#views) view.end();
  }

  /** Brings a view up to date and keeps it so; returns the function that detaches it. */
  attach(view: TextView): () => void {
    const { text } = this;
    if (text !== '') view.append(text);
    if (this.#ended) view.end();
    else this.#views.add(view);
    return () => {
      this.#views.delete(view);
    };
  }
}

/** Plain text, shown line by line: reasoning, tool arguments, tool results. */
export class LineDocument extends TextDocument {}

/** Markdown (CommonMark with GFM), shown as it arrives. Its line endings are made `\n`. */
export class MarkdownDocument extends TextDocument {
  /** The last piece ended in a CR, which may be half of a CRLF. */
  #carriageReturn = false;

  constructor(text = '') {
    super(text.replace(LINE_ENDING, '\n'));
  }

  override append(text: string): void {
    if (text === '') return;
    const whole = this.#carriageReturn ? `\r${text}` : text;
    this.#carriageReturn = whole.endsWith('\r');
    super.append((this.#carriageReturn ? whole.slice(0, -1) : whole).replace(LINE_ENDING, '\n'));
  }

  override end(): void {
    if (this.#carriageReturn) super.append('\n');
    super.end();
  }
}
