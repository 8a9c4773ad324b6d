import { textOf } from './view-node.js';
import type { Content, ViewNode } from './view-node.js';

/**
 * Makes the children of an element, but for those that are kept, what a node says, changing as little as it can: nodes of the
 * same kind stay, texts change behind their common beginning by `replaceData`. So a selection that does not touch the
 * changed characters survives (assigning `data` would reset every range in the node).
 *
 * @param before what says how they are: most is the same again, and need not be looked for on the page
 */
export function patchChildren(parent: Element, { children, keep }: Content, before?: Content | string): void {
  const known =
    typeof before === 'object' && keep >= before.keep ? before.children.slice(keep - before.keep) : [];
  let there = parent.childNodes.length - keep;
  for (; there > children.length; there -= 1) parent.lastChild!.remove();
  let next: ChildNode | null = null;
  // The last first: Blink shapes a text when it changes, but in a block that has got other nodes it does so once, with the layout.
  for (let index = children.length - 1; index >= 0; index -= 1) {
    const current: ChildNode | null = index < there ? (next ? next.previousSibling : parent.lastChild) : null;
    const patched: ChildNode = patchNode(current, children[index]!, known[index]);
    if (patched !== current) {
      current?.remove();
      parent.insertBefore(patched, next);
    }
    next = patched;
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

/** Makes a node say so, or gives one that does. */
function patchNode(current: ChildNode | null, node: ViewNode, before?: ViewNode): ChildNode {
  if (current && isSame(node, before)) return current;
  if (typeof node === 'string') return current instanceof Text ? replaceEnd(current, node) : new Text(node);
  const isSameKind = current instanceof Element && current.localName === node.tag;
  const target = isSameKind ? current : document.createElement(node.tag);
  patchAttributes(target, node.attributes);
  // Code that is coloured has the text that was said, in other nodes.
  if (node.tag !== 'code' || target.textContent !== textOf(node)) patchChildren(target, node, before);
  return target;
}

function replaceEnd(node: Text, text: string): Text {
  const old = node.data;
  if (old === text) return node;
  let same = 0;
  // Behind its end a text has NaN, which equals nothing.
  while (old.charCodeAt(same) === text.charCodeAt(same)) same += 1;
  node.replaceData(same, old.length - same, text.slice(same));
  return node;
}

function patchAttributes(target: Element, attributes: Readonly<Record<string, string>> = {}): void {
  for (const name of target.getAttributeNames()) if (!(name in attributes)) target.removeAttribute(name);
  for (const [name, value] of Object.entries(attributes))
    if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}
