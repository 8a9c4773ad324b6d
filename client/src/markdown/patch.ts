import { textOf } from './view-node.js';
import type { Content, ElementNode, ViewNode } from './view-node.js';

/**
 * Makes the children of an element, but for those that are kept, what a node says, changing as little as it can: nodes of the
 * same kind stay, texts change behind their common beginning by `replaceData`. So a selection that does not touch the
 * changed characters survives (assigning `data` would reset every range in the node).
 *
 * @param before what says how they are: most is the same again, and need not be looked for on the page
 */
export function patchChildren(parent: Element, { children, keep }: Content, before?: Content): void {
  const known = before && keep >= before.keep ? before.children.slice(keep - before.keep) : [];
  let current: ChildNode | null = parent.childNodes[keep] ?? null;
  children.forEach((node, index) => {
    const next: ChildNode | null = current?.nextSibling ?? null;
    const old = known[index];
    if (!isSame(node, old)) {
      if (typeof node === 'string') patchText(parent, current, node);
      else patchElement(parent, current, node, old);
    }
    current = next;
  });
  while (current) {
    const next: ChildNode | null = current.nextSibling;
    current.remove();
    current = next;
  }
}

function isSame(node: ViewNode, before: ViewNode | undefined): boolean {
  if (typeof node === 'string' || typeof before !== 'object') return node === before;
  return (
    node.tag === before.tag &&
    node.keep === before.keep &&
    node.children.length === before.children.length &&
    node.children.every((child, index) => isSame(child, before.children[index])) &&
    JSON.stringify(node.attributes) === JSON.stringify(before.attributes)
  );
}

function patchText(parent: Element, current: ChildNode | null, text: string): void {
  if (current instanceof Text) replaceEnd(current, text);
  else place(parent, current, text);
}

function replaceEnd(node: Text, text: string): void {
  const old = node.data;
  if (old === text) return;
  let same = 0;
  // Behind its end a text has NaN, which equals nothing.
  while (old.charCodeAt(same) === text.charCodeAt(same)) same += 1;
  node.replaceData(same, old.length - same, text.slice(same));
}

function patchElement(
  parent: Element,
  current: ChildNode | null,
  node: ElementNode,
  before?: ViewNode,
): void {
  const isSameKind = current instanceof Element && current.localName === node.tag;
  const target = isSameKind ? current : document.createElement(node.tag);
  if (!isSameKind) place(parent, current, target);
  patchAttributes(target, node.attributes);
  // Code that is coloured has the text that was said, in other nodes.
  if (node.tag === 'code' && target.textContent === textOf(node)) return;
  patchChildren(target, node, isSameKind && typeof before === 'object' ? before : undefined);
}

function patchAttributes(target: Element, attributes: Readonly<Record<string, string>> = {}): void {
  for (const name of target.getAttributeNames()) if (!(name in attributes)) target.removeAttribute(name);
  for (const [name, value] of Object.entries(attributes))
    if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/** Puts a new node where another stood. */
function place(parent: Element, current: ChildNode | null, node: Element | string): void {
  if (current) current.replaceWith(node);
  else parent.append(node);
}
