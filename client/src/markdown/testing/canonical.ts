const INLINE = new Set(['a', 'strong', 'em', 'del', 'code', 'br', 'input', 'span']);
const ATTRIBUTES = ['href', 'title', 'start', 'align', 'type', 'checked', 'disabled'];
/** Elements that only hold others for the sake of looks. */
const UNWRAPPED = '.md-table, .md-code, span';
const DROPPED = '.md-code-head';

type Canonical = string | [tag: string, ...rest: unknown[]];

/** What two renderings of the same markdown must agree on, as text: elements, their meaningful attributes, and words. */
export function canonical(root: ParentNode): string {
  return JSON.stringify(trimmed(children(root, false)));
}

function children(parent: ParentNode | Element, verbatim: boolean): Canonical[] {
  const list: Canonical[] = [];
  for (const node of parent.childNodes) {
    for (const item of visit(node, verbatim)) {
      const last = list.at(-1);
      if (typeof item === 'string' && typeof last === 'string') list[list.length - 1] = last + item;
      else list.push(item);
    }
  }
  return list;
}

function visit(node: ChildNode, verbatim: boolean): Canonical[] {
  if (node instanceof Text) return [node.data];
  if (!(node instanceof Element) || node.matches(DROPPED)) return [];
  if (node.matches(UNWRAPPED)) return children(node, verbatim);
  const tag = node.localName;
  // A displayed formula is a block of its own here, and a code span in the reference.
  if (node.matches('pre.md-math')) return [['code', {}, node.textContent]];
  const language = [...node.classList].find((name) => name.startsWith('language-'));
  const attributes = Object.fromEntries(
    ATTRIBUTES.filter((name) => node.hasAttribute(name)).map((name) => [name, node.getAttribute(name)]),
  );
  if (language !== undefined) attributes['language'] = language;
  if (tag === 'code') return [['code', attributes, node.textContent]];
  const content = children(node, verbatim || tag === 'pre');
  return [[tag, attributes, ...(INLINE.has(tag) ? content.map(collapsed) : trimmed(content))]];
}

const collapsed = (item: Canonical): Canonical =>
  typeof item === 'string' ? item.replace(/\s+/g, ' ') : item;

/** Blanks at the edges of a block, and beside a block or a line break in it, are not seen. */
function trimmed(items: readonly Canonical[]): Canonical[] {
  const isEdge = (item: Canonical | undefined): boolean =>
    item === undefined || (typeof item !== 'string' && (!INLINE.has(item[0]) || item[0] === 'br'));
  return items
    .map((item, index) => {
      if (typeof item !== 'string') return item;
      let text = item.replace(/\s+/g, ' ');
      if (isEdge(items[index - 1])) text = text.trimStart();
      if (isEdge(items[index + 1])) text = text.trimEnd();
      return text;
    })
    .filter((item) => item !== '');
}
