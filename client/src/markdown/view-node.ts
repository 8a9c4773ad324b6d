/**
 * What one piece of markdown looks like, as data: text or an element. It is built from tokens and then written to the
 * DOM by `patchChildren`, which sets text and attributes only; there is no way from here to an HTML parser.
 */
export type ViewNode = string | ElementNode;

/** What an element has in it. */
export interface Content {
  children: ViewNode[];
  /** So many leading children are already right and are not described in `children`. */
  keep: number;
}

export interface ElementNode extends Content {
  tag: string;
  attributes: Readonly<Record<string, string>> | undefined;
  /** The element that grows next; its children from this index on are the growing part. */
  liveFrom?: number;
}

type Attributes = ElementNode['attributes'];

export function element(tag: string, children: ViewNode[], attributes?: Attributes): ElementNode {
  return { tag, attributes, children, keep: 0 };
}

/** Adds nodes to those before them, and joins neighbouring texts, so that one text is one node. */
export function joinTexts<N extends object = ElementNode>(
  nodes: readonly (N | string)[],
  joined: (N | string)[] = [],
): (N | string)[] {
  for (const node of nodes) {
    const last = joined.at(-1);
    if (node === '') continue;
    if (typeof node === 'string' && typeof last === 'string') joined[joined.length - 1] = last + node;
    else joined.push(node);
  }
  return joined;
}

/** All text of it; a line break is a newline. */
export const textOf = (node: ViewNode): string =>
  typeof node === 'string' ? node : node.tag === 'br' ? '\n' : node.children.map(textOf).join('');
