import type { MarkedToken, Token, Tokens } from 'marked';
import { decodeEntities } from './entities.js';
import { markdownLabels } from './labels.js';
import type { MathToken } from './math.js';
import { renderCheckbox, renderInline } from './render-inline.js';
import { element } from './view-node.js';
import type { ElementNode, ViewNode } from './view-node.js';

type BlockToken = MarkedToken | MathToken;

/** The token whose element grows next: the last paragraph, heading or list text. */
export type Leaf = Token | undefined;

/** What block tokens look like, one node a block. Definitions and blank lines have none. */
export function renderBlocks(tokens: readonly Token[], leaf?: Leaf): ViewNode[] {
  return tokens.flatMap((token) => renderBlock(token, leaf));
}

export function renderBlock(generic: Token, leaf?: Leaf): ViewNode[] {
  const token = generic as BlockToken;
  switch (token.type) {
    case 'space':
    case 'def':
      return [];
    case 'paragraph':
      return [leafElement('p', token, leaf)];
    case 'heading':
      return [leafElement(`h${token.depth}`, token, leaf)];
    case 'hr':
      return [element('hr', [])];
    case 'blockquote':
      return [element('blockquote', renderBlocks(token.tokens, leaf))];
    case 'list':
      return [renderList(token, { leaf })];
    case 'table':
      return [renderTable(token)];
    case 'code':
      return [renderCode(token.text, token.lang)];
    case 'math':
      return [element('pre', [element('code', renderLines(token.text))], { class: 'md-math' })];
    case 'html':
      return [element('p', [token.text.replace(/\n+$/, '')], { class: 'md-html' })];
    case 'checkbox':
      return renderCheckbox(token);
    case 'text':
      return token.tokens ? renderInline(token.tokens) : [decodeEntities(token.text)];
    default:
      return [token.raw];
  }
}

function leafElement(tag: string, token: Tokens.Paragraph | Tokens.Heading, leaf: Leaf): ElementNode {
  const node = element(tag, renderInline(token.tokens));
  if (token === leaf) node.liveFrom = 0;
  return node;
}

export interface ListState {
  leaf?: Leaf;
  /** Items that are already shown; the token begins after them. */
  keep?: number;
  /** One of the items already shown made the list loose (its texts are paragraphs). */
  loose?: boolean;
  /** The attributes of the list whose later items these are. */
  attributes?: ElementNode['attributes'];
}

/** A list, or the later items of one whose first are shown already. */
export function renderList(token: Tokens.List, state: ListState = {}): ElementNode {
  const loose = token.loose || state.loose === true;
  const node = element(
    token.ordered ? 'ol' : 'ul',
    token.items.map((item) => renderItem(item, loose, state.leaf)),
    state.keep ? state.attributes : listAttributes(token),
  );
  node.keep = state.keep ?? 0;
  return node;
}

export function listAttributes(token: Tokens.List): ElementNode['attributes'] {
  return token.ordered && token.start !== 1 ? { start: String(token.start) } : undefined;
}

/** marked has put a task's box into the paragraph when the list is loose by itself, and before the text when tight. */
function renderItem(item: Tokens.ListItem, loose: boolean, leaf: Leaf): ElementNode {
  const children: ViewNode[] = [];
  let box: ViewNode[] = [];
  let liveFrom: number | undefined;
  for (const generic of item.tokens) {
    const token = generic as BlockToken;
    if (token.type === 'checkbox') box = renderCheckbox(token);
    else if (token.type === 'text' && loose) {
      const node = element('p', [...box, ...renderBlock(token)]);
      if (generic === leaf) node.liveFrom = box.length;
      children.push(node);
      box = [];
    } else {
      children.push(...box);
      box = [];
      if (generic === leaf && token.type === 'text') liveFrom = children.length;
      children.push(...renderBlock(token, leaf));
    }
  }
  const node = element('li', [...children, ...box], item.task ? { class: 'md-task' } : undefined);
  if (liveFrom !== undefined) node.liveFrom = liveFrom;
  return node;
}

/** A table in a container that scrolls; `keep` rows of its body are shown already. */
export function renderTable(token: Tokens.Table, keep = 0): ElementNode {
  const row = (cells: Tokens.TableCell[]): ElementNode => element('tr', cells.map(renderCell));
  const body = element('tbody', token.rows.map(row));
  body.keep = keep;
  const head = element('thead', [row(token.header)]);
  const table = element('table', keep + token.rows.length > 0 ? [head, body] : [head]);
  return element('div', [table], { class: 'md-table' });
}

function renderCell(cell: Tokens.TableCell): ElementNode {
  const attributes = cell.align ? { align: cell.align } : undefined;
  return element(cell.header ? 'th' : 'td', renderInline(cell.tokens), attributes);
}

/**
 * A code block: a head with the language and a copy button, and one element a line.
 *
 * @param live its last line may still grow
 */
export function renderCode(text: string, info: string | undefined, live = false): ElementNode {
  const language = decodeEntities((info ?? '').replace(/\s[^]*/, ''));
  const complete = live || text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const code = element(
    'code',
    renderLines(complete),
    language === '' ? undefined : { class: `language-${language}` },
  );
  if (live) code.liveFrom = 0;
  const label = element('span', language === '' ? [] : [language], { class: 'md-code-language' });
  const copy = element('button', [markdownLabels.peek().copy], { type: 'button', class: 'md-copy' });
  const head = element('div', [label, copy], { class: 'md-code-head' });
  return element('div', [head, element('pre', [code])], { class: 'md-code' });
}

/** Each line keeps its newline, so that the element's text is the code. */
function renderLines(text: string): ViewNode[] {
  return text === '' ? [] : text.split(/(?<=\n)/).map((line) => element('span', [line], { class: 'line' }));
}
