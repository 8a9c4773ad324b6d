import type { ElementNode, ViewNode } from './view-node.js';

/** Where the growing part of the last block is: the children of an element from an index on. */
export interface LivePlace {
  element: Element;
  from: number;
}

/**
 * Makes the children of an element, from an index on, what the nodes describe, changing as little as it can: nodes of the
 * same kind stay, texts change behind their common beginning by `replaceData`. So a selection that does not touch the
 * changed characters survives (assigning `data` would reset every range in the node).
 *
 * @returns the place that grows next, if a node among them is marked as it
 */
export function patchChildren(parent: Element, nodes: readonly ViewNode[], from = 0): LivePlace | undefined {
  let live: LivePlace | undefined;
  let current: ChildNode | null = parent.childNodes[from] ?? null;
  for (const node of nodes) {
    const next: ChildNode | null = current?.nextSibling ?? null;
    if (typeof node === 'string') patchText(parent, current, node);
    else live = patchElement(parent, current, node) ?? live;
    current = next;
  }
  while (current) {
    const next: ChildNode | null = current.nextSibling;
    current.remove();
    current = next;
  }
  return live;
}

function patchText(parent: Element, current: ChildNode | null, text: string): void {
  if (current?.nodeType !== Node.TEXT_NODE) {
    place(parent, current, parent.ownerDocument.createTextNode(text));
    return;
  }
  replaceEnd(current as Text, text);
}

function replaceEnd(node: Text, text: string): void {
  const old = node.data;
  if (old === text) return;
  const limit = Math.min(old.length, text.length);
  let same = 0;
  while (same < limit && old.charCodeAt(same) === text.charCodeAt(same)) same += 1;
  node.replaceData(same, old.length - same, text.slice(same));
}

function patchElement(parent: Element, current: ChildNode | null, node: ElementNode): LivePlace | undefined {
  const target =
    current instanceof Element && current.localName === node.tag
      ? current
      : place(parent, current, parent.ownerDocument.createElement(node.tag));
  patchAttributes(target, node.attributes ?? {});
  const live = patchChildren(target, node.children, node.keep ?? 0);
  return node.liveFrom === undefined ? live : { element: target, from: node.liveFrom };
}

function patchAttributes(target: Element, attributes: Readonly<Record<string, string>>): void {
  for (const name of target.getAttributeNames()) if (!(name in attributes)) target.removeAttribute(name);
  for (const [name, value] of Object.entries(attributes))
    if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/** Puts a new node where another stood. */
function place<T extends Element | Text>(parent: Element, current: ChildNode | null, node: T): T {
  if (current) current.replaceWith(node);
  else parent.append(node);
  return node;
}
