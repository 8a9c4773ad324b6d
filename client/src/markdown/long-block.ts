import type { Token, Tokens } from 'marked';
import { listAttributes, renderBlock, renderList, renderTable } from './render-block.js';
import type { Leaf } from './render-block.js';
import type { ElementNode, ViewNode } from './view-node.js';

/** A list or table whose first items or rows are complete and no longer lexed. */
export type LongBlock = LongList | LongTable;

interface LongList {
  type: 'list';
  /** Where the block begins in the whole text. */
  start: number;
  keep: number;
  /** An item among the kept ones makes the list loose. */
  loose: boolean;
  tag: string;
  attributes: ElementNode['attributes'];
}

interface LongTable {
  type: 'table';
  start: number;
  keep: number;
  /** The head and delimiter rows, without which a row is not one. */
  header: string;
}

export interface Cut {
  /** How many characters of the block's text are done with. */
  length: number;
  block: LongBlock;
}

/** Cuts the items before the last from a list, when the last one's first line is complete. */
export function cutItems(
  token: Tokens.List,
  text: string,
  start: number,
  before: LongBlock | undefined,
): Cut | undefined {
  const done = token.items.slice(0, -1);
  const length = done.reduce((sum, item) => sum + item.raw.length, 0);
  if (length === 0 || !text.includes('\n', length)) return undefined;
  const list = before?.type === 'list' ? before : undefined;
  return {
    length,
    block: {
      type: 'list',
      start: list?.start ?? start,
      keep: (list?.keep ?? 0) + done.length,
      loose: list?.loose === true || done.some(isLoose),
      tag: token.ordered ? 'ol' : 'ul',
      attributes: list ? list.attributes : listAttributes(token),
    },
  };
}

/** Whether an item that another follows makes its list loose (CommonMark 0.31, 5.3), by the tests that marked uses. */
function isLoose(item: Tokens.ListItem): boolean {
  return (
    /\n[ \t]*\n[ \t]*$/.test(item.raw) ||
    item.tokens.some((token) => token.type === 'space' && /\n.*\n/.test(token.raw))
  );
}

/** Cuts the rows before the last from a table. */
export function cutRows(token: Tokens.Table, start: number, before: LongBlock | undefined): Cut | undefined {
  const lines = token.raw.split('\n');
  if (token.rows.length < 2 || lines.length !== token.rows.length + 2) return undefined;
  const table = before?.type === 'table' ? before : undefined;
  return {
    length: token.raw.length - (lines.at(-1)?.length ?? 0),
    block: {
      type: 'table',
      start: table?.start ?? start,
      keep: (table?.keep ?? 0) + token.rows.length - 1,
      header: table?.header ?? `${lines[0]}\n${lines[1]}\n`,
    },
  };
}

/** Renders a block, or what follows the kept part of one. */
export function renderContinued(token: Token, before: LongBlock | undefined, leaf: Leaf): ViewNode[] {
  if (before?.type === 'list' && token.type === 'list')
    return [renderList(token as Tokens.List, { ...before, leaf })];
  if (before?.type === 'table' && token.type === 'table')
    return [renderTable(token as Tokens.Table, before.keep)];
  return renderBlock(token, leaf);
}
