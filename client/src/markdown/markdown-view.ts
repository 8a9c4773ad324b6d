import { effect } from '@preact/signals';
import { BlockStream } from './block-stream.js';
import { copyCode, labelCopyButtons } from './copy-code.js';
import type { Frame } from './frame.js';
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
        if (this.#live) patchChildren(this.#live.element, frame.children, this.#live.from);
        return;
      case 'code':
        if (this.#live) appendLines(this.#live.element, frame.text);
        return;
      case 'plain':
        return this.#growPlain(frame.text);
      case 'sealed':
        this.#plain = undefined;
        this.#root.lastElementChild?.classList.add(SEALED);
    }
  }

  #showBlocks({ from, blocks }: Extract<Frame, { kind: 'blocks' }>): void {
    this.#live = patchChildren(
      this.#root,
      blocks.map(({ node }) => node),
      from,
    );
    blocks.forEach(({ sealed }, index) => {
      if (sealed) this.#root.children[from + index]?.classList.add(SEALED);
    });
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

/** Adds text to an element whose children are lines; each keeps its newline. */
function appendLines(code: Element, text: string): void {
  for (const piece of text.split(/(?<=\n)/)) {
    const last = code.lastElementChild?.firstChild;
    if (last instanceof Text && !last.data.endsWith('\n')) last.appendData(piece);
    else {
      const line = code.ownerDocument.createElement('span');
      line.className = 'line';
      line.append(code.ownerDocument.createTextNode(piece));
      code.append(line);
    }
  }
}
