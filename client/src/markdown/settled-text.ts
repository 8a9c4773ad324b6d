import type { Token, Tokens } from 'marked';

/**
 * What may open something that is closed further on, or become something else. A star before a space, an underscore inside of a word and a
 * sign that something is less than a number are none.
 */
const OPENER = /[`[$\\]|\*(?!\**\s)|~(?!~*\s)|(?<![a-z\d])_|_(?![a-z\d])|<(?![\s\d=])/i;
/**
 * All up to the last border: a space before more, or a mark of Chinese or Japanese before such text. No span, address or line break goes
 * across it.
 */
const BEFORE_BORDER = /^[^]*(?: (?=\S)|[，。、；：？！](?=[^\0-\x7f]))/;
const CLOSED = new Set(['strong', 'em', 'del', 'link', 'image', 'codespan', 'math', 'br']);

/**
 * Where the end of an inline text begins that what follows may still change: what stands before it is lexed the same with and without it.
 *
 * @param tokens the inline tokens of the text
 * @returns 0 when all of it may change
 */
export function settledUntil(text: string, tokens: readonly Token[]): number {
  let settled = 0;
  let position = 0;
  for (const token of tokens) {
    const end = position + token.raw.length;
    if (token.type === 'text') {
      const opener = token.raw.search(OPENER);
      const sure = text.slice(position, (opener === -1 ? end : position + opener) + 1);
      const before = BEFORE_BORDER.exec(sure);
      if (before) settled = position + before[0].length;
    }
    if (!isClosed(token)) break;
    position = end;
  }
  return settled;
}

function isClosed(token: Token): boolean {
  if (token.type === 'text') return !OPENER.test(token.raw);
  // Before emphasis is sought, a dollar in it is paired with one that follows.
  if (token.raw.startsWith('\\') && token.raw.includes('$')) return false;
  return CLOSED.has(token.type) && ((token as Tokens.Strong).tokens ?? []).every(isClosed);
}
