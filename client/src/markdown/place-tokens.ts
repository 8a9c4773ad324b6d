import type { Token } from 'marked';

export interface PlacedToken {
  token: Token;
  /** Its first character in the text, and the one after its last; a continued block begins before the text. */
  start: number;
  end: number;
  /** The text at that place is the token's; marked may change blanks, and then nothing can be cut there. */
  exact: boolean;
}

/**
 * Finds where block tokens stand in the text they were lexed from; blank lines are left out.
 *
 * @param lead how many characters at the start of the source are not the text's
 */
export function placeTokens(tokens: readonly Token[], source: string, lead: number): PlacedToken[] {
  const placed: PlacedToken[] = [];
  let position = 0;
  for (const token of tokens) {
    const start = position;
    position += token.raw.length;
    if (token.type === 'space') continue;
    const exact = source.startsWith(token.raw, start);
    placed.push({ token, start: start - lead, end: Math.min(position, source.length) - lead, exact });
  }
  return placed;
}

/**
 * How many blocks can no longer change: those that a complete line of another block follows. A lone `-`, `#` or `1` can
 * still change the block before it.
 */
export function countSealable(tokens: readonly PlacedToken[], text: string): number {
  const last = tokens.at(-1);
  if (!last) return 0;
  const complete = text.includes('\n', Math.max(0, last.start));
  const inexact = tokens.findIndex((placed) => !placed.exact);
  const sealable = Math.max(0, complete ? tokens.length - 1 : tokens.length - 2);
  return inexact === -1 ? sealable : Math.min(sealable, inexact);
}
