/**
 * What one piece of markdown looks like, as data: text or an element. It is built from tokens and then written to the
 * DOM by `patchChildren`, which sets text and attributes only; there is no way from here to an HTML parser.
 */
export type ViewNode = string | ElementNode;

export interface ElementNode {
  tag: string;
  attributes?: Readonly<Record<string, string>>;
  children: readonly ViewNode[];
  /** So many leading children are already right and are not described in `children`. */
  keep?: number;
  /** The element that grows next; its children from this index on are the growing part. */
  liveFrom?: number;
}

type Attributes = ElementNode['attributes'];

export function element(tag: string, attributes: Attributes, children: readonly ViewNode[]): ElementNode {
  return attributes ? { tag, attributes, children } : { tag, children };
}

/** Adds nodes to those before them, and joins neighbouring texts, so that one text is one node. */
export function joinTexts(nodes: readonly ViewNode[], joined: ViewNode[] = []): ViewNode[] {
  for (const node of nodes) {
    const last = joined.at(-1);
    if (node === '') continue;
    if (typeof node === 'string' && typeof last === 'string') joined[joined.length - 1] = last + node;
    else joined.push(node);
  }
  return joined;
}
