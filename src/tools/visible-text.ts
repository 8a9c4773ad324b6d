/**
 * Control, bidirectional, invisible and tag characters: a server can hide instructions to the model in them
 * (tag characters U+E0000-E007F and variation selectors U+E0100-E01EF carry whole sentences that nobody sees).
 */
const HIDDEN =
  /[\p{Cc}\p{Bidi_Control}\u200B\u2028\u2029\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E01EF}]/gu;

/** The text without hidden characters, well-formed, and at most `limit` UTF-16 code units long. */
export function visibleText(text: string, limit: number): string {
  const visible = text
    .slice(0, limit * 2)
    .toWellFormed()
    .replace(HIDDEN, (character) => (character === '\n' || character === '\t' ? character : ''));
  return visible.length <= limit
    ? visible
    : `${visible
        .slice(0, limit - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`;
}
