import { effect } from '@preact/signals';
import { BlockStream } from './block-stream.js';
import { copyCode, labelCopyButtons } from './copy-code.js';
import type { Frame } from './frame.js';
import { paintCode } from './highlight/paint-code.js';
import { LinesView } from './lines-view.js';
import { patchChildren } from './patch.js';
import type { TextView } from './text-document.js';
import type { Content, ViewNode } from './view-node.js';

/** Set on blocks that are complete; the style sheet lets the browser skip those that are out of sight. */
const SEALED = 'md-sealed';

/** Where the growing part of the last block is: the children of an element from an index on. */
interface LivePlace {
  element: Element;
  from: number;
  /** What its children are. */
  children: ViewNode[];
}

/** Writes markdown into an element as it arrives. The element's content is its own; nobody else may change it. */
export class MarkdownView implements TextView {
  readonly #root: HTMLElement;
  readonly #blocks: BlockStream;
  readonly #stopLabels: () => void;
  /** The blocks of the last lexing, as they are now, but for an open fence. */
  #shown: Content = { children: [], keep: 0 };
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
    this.#shown.children = [];
    this.#live = undefined;
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
        return this.#growLeaf(frame);
      case 'words':
        if (this.#live) growLastText(this.#live.element, this.#live.children, frame.text);
        return;
      case 'code':
        if (!this.#live) return;
        appendLines(this.#live.element, frame.text);
        paintCode(this.#live.element);
        return;
      case 'plain':
        return this.#growPlain(frame.text);
      case 'sealed':
        this.#plain = undefined;
        seal(this.#root.lastElementChild!);
    }
  }

  #showBlocks({ from, nodes, sealed }: Extract<Frame, { kind: 'blocks' }>): void {
    const shown = { children: nodes, keep: from };
    patchChildren(this.#root, shown, this.#shown);
    this.#shown = shown;
    this.#live = findLive(this.#root, nodes);
    for (let index = 0; index < sealed; index += 1) seal(this.#root.children[from + index]!);
    // An open fence: code in a list is lexed again while the list grows.
    if (this.#live?.element.localName === 'code') paintCode(this.#live.element);
  }

  #growLeaf({ from, children }: Extract<Frame, { kind: 'leaf' }>): void {
    if (!this.#live) return;
    const keep = this.#live.from + from;
    const before = this.#live.children.splice(keep, Infinity, ...children);
    patchChildren(this.#live.element, { children, keep }, { children: before, keep });
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

function findLive(parent: Element, nodes: readonly ViewNode[]): LivePlace | undefined {
  const last = nodes.at(-1);
  if (typeof last !== 'object') return undefined;
  const element = parent.lastElementChild!;
  const { liveFrom: from, children } = last;
  return from === undefined ? findLive(element, children) : { element, from, children };
}

/** The block is complete, so the code in it can be coloured for good. */
function seal(block: Element): void {
  block.classList.add(SEALED);
  for (const code of block.querySelectorAll('.md-code code')) paintCode(code);
}

/** Makes the last text longer, on the page and in what describes it. */
function growLastText(parent: Node, nodes: ViewNode[], text: string): void {
  const last = nodes.length - 1;
  const node = nodes[last]!;
  if (typeof node === 'object') return growLastText(parent.lastChild!, node.children, text);
  nodes[last] = node + text;
  (parent.lastChild as Text).appendData(text);
}

/** Adds text to an element whose children are lines; each keeps its newline. */
function appendLines(code: Element, text: string): void {
  for (const piece of text.split(/(?<=\n)/)) {
    const last = code.lastElementChild?.lastChild;
    if (last instanceof Text && !last.data.endsWith('\n')) last.appendData(piece);
    else {
      const line = document.createElement('span');
      line.className = 'line';
      line.append(piece);
      code.append(line);
    }
  }
}
