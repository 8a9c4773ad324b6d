import type { Frame } from '../frame.js';
import { joinTexts } from '../view-node.js';
import type { ElementNode, ViewNode } from '../view-node.js';

interface ShownElement extends Pick<ElementNode, 'tag' | 'attributes'> {
  children: ShownNode[];
}
export type ShownNode = string | ShownElement;

/** Applies frames to plain data, as the DOM view applies them to elements. */
export class ShownBlocks {
  readonly #blocks: ShownNode[] = [];
  sealedBlocks = 0;
  #live: { element: ShownElement; from: number } | undefined;

  get blocks(): ShownNode[] {
    return asShown(this.#blocks);
  }

  /** The block that grows. */
  get last(): ShownNode[] {
    return asShown(this.#blocks.slice(-1));
  }

  apply(frames: readonly Frame[]): void {
    for (const frame of frames) this.#apply(frame);
  }

  #apply(frame: Frame): void {
    const live = this.#live;
    switch (frame.kind) {
      case 'blocks':
        this.#live = undefined;
        this.#write(this.#blocks, frame.nodes, frame.from);
        this.sealedBlocks = frame.from + frame.sealed;
        return;
      case 'leaf':
        if (live) this.#write(live.element.children, frame.children, live.from + frame.from);
        return;
      case 'words':
        if (live) growLastText(live.element.children, frame.text);
        return;
      case 'code':
      case 'plain':
        if (live) growLines(live.element.children, frame.text);
        else growLines((this.#blocks.at(-1) as ShownElement).children, frame.text);
        return;
      case 'sealed':
        this.sealedBlocks = this.#blocks.length;
    }
  }

  #write(target: ShownNode[], nodes: readonly ViewNode[], from: number): void {
    const before = target.splice(from);
    nodes.forEach((node, index) => {
      target.push(typeof node === 'string' ? node : this.#element(node, before[index]));
    });
  }

  #element(node: ElementNode, before: ShownNode | undefined): ShownElement {
    const { keep } = node;
    const kept = typeof before === 'object' && before.tag === node.tag ? before.children.slice(0, keep) : [];
    if (kept.length < keep) throw new Error(`${node.tag} keeps ${keep} children of ${kept.length}`);
    const shown: ShownElement = { tag: node.tag, attributes: node.attributes ?? {}, children: kept };
    const old = typeof before === 'object' && before.tag === node.tag ? before.children : [];
    node.children.forEach((child, index) => {
      shown.children.push(typeof child === 'string' ? child : this.#element(child, old[keep + index]));
    });
    if (node.liveFrom !== undefined) this.#live = { element: shown, from: node.liveFrom };
    return shown;
  }
}

function growLastText(nodes: ShownNode[], text: string): void {
  const last = nodes.at(-1);
  if (last === undefined) throw new Error(`There is no text to grow by ${text}`);
  if (typeof last === 'object') growLastText(last.children, text);
  else nodes[nodes.length - 1] = last + text;
}

function growLines(lines: ShownNode[], text: string): void {
  for (const piece of text.split(/(?<=\n)/)) {
    const last = lines.at(-1) as ShownElement | undefined;
    const tail = last?.children[0] as string | undefined;
    if (last && tail !== undefined && !tail.endsWith('\n')) last.children[0] = tail + piece;
    else lines.push({ tag: 'span', attributes: { class: 'line' }, children: [piece] });
  }
}

/** Nodes as plain data, with neighbouring texts joined. */
export function asShown(nodes: readonly ShownNode[]): ShownNode[] {
  return joinTexts<ShownElement>(nodes).map((node) =>
    typeof node === 'string'
      ? node
      : { tag: node.tag, attributes: node.attributes ?? {}, children: asShown(node.children) },
  );
}

/** All text of it. */
export function textOf(nodes: readonly ShownNode[]): string {
  return nodes.map((node) => (typeof node === 'string' ? node : textOf(node.children))).join('');
}
