import type { TokenizerExtensionFunction, TokenizerStartFunction, Tokens } from 'marked';

/** A formula, shown as its source until a renderer for it is loaded. */
export interface MathToken extends Tokens.Generic {
  type: 'math';
  raw: string;
  text: string;
}

/**
 * `$…$` as pandoc reads it: no space inside the dollars, no digit after them, so that "$5 and $10" stays text.
 * `\(…\)` and `\[…\]` as models write them; their length is bounded, because each opener searches for its closer.
 */
const INLINE =
  /^(?:\$\$(?!\$)(?:\\[\s\S]|[^\\$])+\$\$|\$(?![\s$])(?:\\[^\n]|[^\\$\n])*?[^\s\\$]\$(?![\d$])|\\\((?!\\\))[\s\S]{1,2000}?\\\)|\\\[(?!\\\])[\s\S]{1,2000}?\\\])/;

const MASKED = /\$\$(?!\$)[^$]+\$\$|\$(?![\s$])[^$\n]*?[^\s$]\$(?![\d$])/g;

const DISPLAY_START = /^ {0,3}(\$\$|\\\[)(?!\$)/;
const BLANK_LINE = /\n[ \t]*\n/;

const math = (raw: string): MathToken => ({ type: 'math', raw, text: raw });

/** A formula inside a line, as an inline tokenizer of marked. */
export const inlineMath: TokenizerExtensionFunction = (src) => {
  const first = src.charCodeAt(0);
  if (first !== 36 && first !== 92) return undefined;
  const match = INLINE.exec(src);
  return match ? math(match[0]) : undefined;
};

/** Where the text before a possible formula ends. (Text ends at a backslash anyway.) */
export const inlineMathStart: TokenizerStartFunction = (src) => {
  const index = src.indexOf('$');
  return index === -1 ? undefined : index;
};

/**
 * A displayed formula, as a block tokenizer of marked. A delimiter that stands alone on its line opens one even when
 * the closing one is missing; then it ends at the blank line. So a formula looks like one while it arrives.
 */
export const displayMath: TokenizerExtensionFunction = (src) => {
  const open = DISPLAY_START.exec(src);
  if (!open) return undefined;
  const close = src.indexOf(open[1] === '$$' ? '$$' : '\\]', open[0].length);
  const blank = src.search(BLANK_LINE);
  const limit = blank === -1 ? src.length : blank;
  if (close === -1 || close >= limit) {
    const alone = /^[ \t]*\n/.test(src.slice(open[0].length));
    return alone ? math(src.slice(0, limit)) : undefined;
  }
  const end = close + 2;
  return /^[ \t]*(?:\n|$)/.test(src.slice(end)) ? math(src.slice(0, end)) : undefined;
};

/** Hides formulas from the search for emphasis, keeping the length of the text. */
export function maskMath(src: string): string {
  return src.includes('$') ? src.replace(MASKED, (found) => `[${'a'.repeat(found.length - 2)}]`) : src;
}
