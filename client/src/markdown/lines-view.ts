import { effect } from '@preact/signals';
import { markdownLabels } from './labels.js';
import type { TextView } from './text-document.js';

/** Lines kept in the DOM while nobody asked for all of them. */
const LIVE_LINES = 200;
/** A longer line goes on in a further node, because the layout of one text node costs its whole length. */
const LONGEST_NODE = 4096;

/**
 * Writes plain text into an element, one child a line. The last line grows by `appendData`, never by assigning
 * `data`, so a selection inside it survives. Only the last lines stay mounted; a button brings back the rest.
 */
export class LinesView implements TextView {
  readonly #root: HTMLElement;
  readonly #wholeText: () => string;
  readonly #showAll: HTMLButtonElement;
  readonly #stopLabels: () => void;
  #last: Text | undefined;
  #open = false;
  #count = 0;
  #hidden = 0;
  #capped = true;

  /** @param wholeText gives the whole text again when all lines are asked for */
  constructor(root: HTMLElement, wholeText: () => string) {
    this.#root = root;
    this.#wholeText = wholeText;
    this.#showAll = document.createElement('button');
    this.#showAll.type = 'button';
    this.#showAll.className = 'lines-show-all';
    this.#showAll.addEventListener('click', () => this.#uncap());
    this.#stopLabels = effect(() => {
      void markdownLabels.value;
      this.#updateButton();
    });
  }

  append(text: string): void {
    let start = this.#skip(text);
    while (start < text.length) {
      const newline = text.indexOf('\n', start);
      const end = newline === -1 ? text.length : newline + 1;
      this.#write(text.slice(start, end), newline !== -1);
      start = end;
    }
    this.#trim();
  }

  end(): void {
    this.#trim();
  }

  dispose(): void {
    this.#stopLabels();
    this.#root.replaceChildren();
  }

  /** Counts the lines at the start of a long text that would leave again at once; returns where the others begin. */
  #skip(text: string): number {
    if (!this.#capped || this.#holdsSelection()) return 0;
    let start = text.length;
    for (let lines = 0; lines < LIVE_LINES; lines += 1) {
      start = start < 2 ? 0 : text.lastIndexOf('\n', start - 2) + 1;
      if (start === 0) return 0;
    }
    const skipped = text.slice(0, start).split('\n').length - 1;
    this.#count += this.#open ? skipped - 1 : skipped;
    this.#hidden = this.#count;
    this.#last = undefined;
    this.#open = false;
    this.#root.replaceChildren(this.#showAll);
    return start;
  }

  #write(piece: string, complete: boolean): void {
    let rest = piece;
    while (rest !== '') {
      if (!this.#open || !this.#last || this.#last.length >= LONGEST_NODE) this.#addLine();
      const room = LONGEST_NODE - (this.#last?.length ?? 0);
      this.#last?.appendData(rest.slice(0, room));
      rest = rest.slice(room);
    }
    this.#open = !complete;
  }

  #addLine(): void {
    const line = document.createElement('div');
    line.className = 'line';
    this.#last = new Text();
    line.append(this.#last);
    this.#root.append(line);
    this.#count += 1;
    this.#open = true;
  }

  /** Lines that hold a part of the reader's selection stay. */
  #trim(): void {
    if (!this.#capped) return;
    const surplus = this.#count - this.#hidden - LIVE_LINES;
    if (surplus > 0 && !this.#holdsSelection()) {
      const first = this.#showAll.isConnected ? 1 : 0;
      for (let removed = 0; removed < surplus; removed += 1) this.#root.children[first]?.remove();
      this.#hidden += surplus;
      if (first === 0) this.#root.prepend(this.#showAll);
    }
    if (this.#hidden > 0) this.#updateButton();
  }

  #holdsSelection(): boolean {
    const selection = document.getSelection();
    return selection?.type === 'Range' && selection.containsNode(this.#root, true);
  }

  #updateButton(): void {
    this.#showAll.textContent = markdownLabels.peek().showAll(this.#count);
  }

  #uncap(): void {
    this.#capped = false;
    this.#root.replaceChildren();
    this.#last = undefined;
    this.#open = false;
    this.#count = 0;
    this.#hidden = 0;
    this.append(this.#wholeText());
  }
}
