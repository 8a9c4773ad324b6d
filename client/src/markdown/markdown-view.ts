import { effect } from '@preact/signals';
import { BlockStream } from './block-stream.js';
import { copyCode, labelCopyButtons } from './copy-code.js';
import type { Frame } from './frame.js';
import { paintCode } from './highlight/paint-code.js';
import { LinesView } from './lines-view.js';
import { patchChildren } from './patch.js';
import type { LivePlace } from './patch.js';
import type { TextView } from './text-document.js';

/** Set on blocks that are complete; the style sheet lets the browser skip those that are out of sight. */
const SEALED = 'md-sealed';

/** Writes markdown into an element as it arrives. The element's content is its own; nobody else may change it. */
export class MarkdownView implements TextView {
  readonly #root: HTMLElement;
  readonly #blocks: BlockStream;
  readonly #stopLabels: () => void;
  #live: LivePlace | undefined;
  #plain: { view: LinesView; text: string[] } | undefined;
  readonly #plainViews: LinesView[] = [];

  /** @param wholeText gives the whole text that was appended so far */
  constructor(root: HTMLElement, wholeText: () => string) {
    this.#root = root;
    this.#blocks = new BlockStream(wholeText);
    root.addEventListener('click', copyCode);
    this.#stopLabels = effect(() => labelCopyButtons(root));
  }

  append(text: string): void {
    for (const frame of this.#blocks.append(text)) this.#apply(frame);
  }

  end(): void {
    for (const frame of this.#blocks.end()) this.#apply(frame);
  }

  dispose(): void {
    this.#stopLabels();
    for (const view of this.#plainViews) view.dispose();
    this.#root.removeEventListener('click', copyCode);
    this.#root.replaceChildren();
  }

  #apply(frame: Frame): void {
    switch (frame.kind) {
      case 'blocks':
        return this.#showBlocks(frame);
      case 'leaf':
        if (this.#live) patchChildren(this.#live.element, frame.children, this.#live.from + frame.from);
        return;
      case 'words':
        return growLastText(this.#live?.element, frame.text);
      case 'code':
        if (!this.#live) return;
        appendLines(this.#live.element, frame.text);
        paintCode(this.#live.element);
        return;
      case 'plain':
        return this.#growPlain(frame.text);
      case 'sealed':
        this.#plain = undefined;
        if (this.#root.lastElementChild) seal(this.#root.lastElementChild);
    }
  }

  #showBlocks({ from, blocks }: Extract<Frame, { kind: 'blocks' }>): void {
    this.#live = patchChildren(
      this.#root,
      blocks.map(({ node }) => node),
      from,
    );
    blocks.forEach(({ sealed }, index) => {
      const block = this.#root.children[from + index];
      if (sealed && block) seal(block);
    });
    // An open fence: code in a list is lexed again while the list grows.
    if (this.#live?.element.localName === 'code') paintCode(this.#live.element);
  }

  #growPlain(text: string): void {
    const last = this.#root.lastElementChild;
    if (!this.#plain && last instanceof HTMLElement) {
      const pieces: string[] = [];
      this.#plain = { view: new LinesView(last, () => pieces.join('')), text: pieces };
      this.#plainViews.push(this.#plain.view);
    }
    this.#plain?.text.push(text);
    this.#plain?.view.append(text);
  }
}

/** The block is complete, so the code in it can be coloured for good. */
function seal(block: Element): void {
  block.classList.add(SEALED);
  for (const code of block.querySelectorAll('.md-code code')) paintCode(code);
}

function growLastText(element: Node | undefined, text: string): void {
  let last: Node | null | undefined = element;
  while (last?.lastChild) last = last.lastChild;
  if (last instanceof Text) last.appendData(text);
}

/** Adds text to an element whose children are lines; each keeps its newline. */
function appendLines(code: Element, text: string): void {
  for (const piece of text.split(/(?<=\n)/)) {
    const last = code.lastElementChild?.lastChild;
    if (last instanceof Text && !last.data.endsWith('\n')) last.appendData(piece);
    else {
      const line = code.ownerDocument.createElement('span');
      line.className = 'line';
      line.append(code.ownerDocument.createTextNode(piece));
      code.append(line);
    }
  }
}
