/**
 * Letters and punctuation of Chinese, Japanese and Korean text, full-width forms included (but not U+3000, a space): what stands in a class of
 * a regular expression.
 */
export const CJK =
  '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}\\p{scx=Bopomofo}\\u3001-\\u303f\\uff01-\\uffef';
