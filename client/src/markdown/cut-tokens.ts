import type { Token } from 'marked';

/** The inline tokens of the characters from one position to another; only a token of type text is cut. */
export function cutTokens(tokens: readonly Token[], from: number, to = Infinity): Token[] {
  const cut: Token[] = [];
  let start = 0;
  for (const token of tokens) {
    const raw = token.raw.slice(Math.max(0, from - start), Math.max(0, to - start));
    if (raw !== '') cut.push(raw === token.raw ? token : { ...token, raw, text: raw });
    start += token.raw.length;
  }
  return cut;
}
