import type { Token } from 'marked';
import { cutTokens } from './cut-tokens.js';
import { DEEPEST_INLINE } from './lexer.js';

/** An unfinished character reference, line break tag, or escape. */
const OPEN_MARK = /(?:&#?[a-zA-Z\d]{0,8}|<(?:b(?:r\s*\/?)?)?|\\)$/;
/** An unfinished link or image at the end: its label, and as much of the address as there is. */
const OPEN_LINK =
  /(?<!\\)!?\[([^[\]\n]{0,300})(?:\](?:\((?:[^()\s]|\([^()\s]*\))*(?:[ \t]+(?:["'][^"'\n]*)?)?)?)?$/;
/** It closes a span, which looks closed already, or means nothing yet. */
const TRAILING_RUN = /([*_~`])(?<!(?:\1|\\).)\1*$/;
const DELIMITERS = /\*{1,3}|_{1,3}|~~/g;
/** What a run of delimiters makes of what follows it, from the inner span to the outer. */
const SPANS: Readonly<Record<string, readonly string[]>> = {
  '*': ['em'],
  '**': ['strong'],
  '***': ['strong', 'em'],
  '~~': ['del'],
};
/** A run of backticks, or `\(`, and what follows it, but for what may be half of what closes it. */
const OPEN_CODE = /^(`+(?!`)|\\\()([^]*?)(?<![`\\])[`\\]*$/;

/** What to show of the inline text of a line that is still being written: not the marks at its end that mean nothing yet. */
export function holdBack(source: string): string {
  return source.replace(OPEN_MARK, '').replace(OPEN_LINK, '$1').replace(TRAILING_RUN, '');
}

/**
 * Closes the spans that are open at the end of a line that is still being written: `**bo` is shown as bold `bo`.
 *
 * @param tokens the inline tokens of `text`, which is what `holdBack` leaves of the source
 * @returns the tokens to show
 */
export function closeOpenSpans(source: string, text: string, tokens: readonly Token[]): readonly Token[] {
  const lastLine = text.lastIndexOf('\n') + 1;
  const codeStart = findOpenCode(tokens, lastLine);
  if (codeStart === undefined) return closeDelimiters(text, tokens, lastLine);
  // In code, marks mean themselves.
  const whole = source.startsWith(text.slice(0, codeStart + 1)) ? source : text;
  const closed = [...cutTokens(tokens, 0, codeStart), closeCode(whole.slice(codeStart))];
  return closeDelimiters(text, closed, lastLine);
}

/** The position of a backtick run, or of `\(`, that nothing closes. */
function findOpenCode(tokens: readonly Token[], from: number): number | undefined {
  let position = 0;
  for (const token of tokens) {
    const mark = token.type === 'text' ? token.raw.indexOf('`', from - position) : -1;
    if (mark !== -1) return position + mark;
    if (position >= from && token.raw === '\\(') return position;
    position += token.raw.length;
  }
  return undefined;
}

/** An element even if there is nothing in it yet: the text before it is not the one that grows. */
function closeCode(raw: string): Token {
  const [, open, content = ''] = OPEN_CODE.exec(raw) ?? [];
  if (open === '\\(' && content) return { type: 'math', raw, text: `\\(${content}\\)` };
  return { type: 'codespan', raw, text: content.replaceAll('\n', ' ') };
}

/** Makes spans of what follows the runs of delimiters that are open at the top level after `from`. */
function closeDelimiters(text: string, tokens: readonly Token[], from: number): readonly Token[] {
  let closed = tokens;
  for (const [at, run] of openDelimiters(text, tokens, from).slice(-DEEPEST_INLINE).reverse()) {
    let inside = cutTokens(closed, at + run.length);
    for (const type of SPANS[run.replaceAll('_', '*')]!) inside = [{ type, raw: run, tokens: inside }];
    closed = [...cutTokens(closed, 0, at), ...inside];
  }
  return closed;
}

/** Where runs of delimiters open emphasis, and they themselves. */
function openDelimiters(text: string, tokens: readonly Token[], from: number): [at: number, run: string][] {
  const open: [number, string][] = [];
  let position = 0;
  for (const token of tokens) {
    if (token.type === 'text' && position + token.raw.length > from) {
      for (let match; (match = DELIMITERS.exec(token.raw));) {
        const at = position + match.index;
        if (at >= from && opens(text, at, match[0])) open.push([at, match[0]]);
      }
    }
    position += token.raw.length;
  }
  return open;
}

function opens(text: string, at: number, run: string): boolean {
  const next = text.charAt(at + run.length);
  const previous = text.charAt(at - 1);
  if (next === '' || /\s/.test(next) || next === run.charAt(0) || previous === run.charAt(0)) return false;
  if (run.startsWith('_')) return !/[\p{L}\p{N}]/u.test(previous);
  // A single star between letters or digits is more often a product than emphasis.
  return run !== '*' || !/[\dA-Za-z)\]]/.test(previous);
}
