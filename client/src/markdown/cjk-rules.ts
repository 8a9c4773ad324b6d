import { Lexer } from 'marked';
import type { Tokenizer } from 'marked';
import { CJK } from './cjk.js';
import { ClosingDelimiter } from './closing-delimiter.js';

type InlineRules = Tokenizer['rules']['inline'];

/** Punctuation that ends a bare URL in CJK text; GFM knows ASCII punctuation only. */
const CJK_URL_END =
  '\\u2014\\u2018-\\u201f\\u2026\\u3000-\\u303f\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65';

/** A `*` by itself between two pairs of `_`. */
const ORPHAN = /^[^_*]*?__[^_*]*?\*[^_*]*?(?=__)/;

/**
 * marked's inline rules (GFM) for text that may be Chinese, Japanese or Korean: `**注意：**正文` is bold, and a bare URL
 * ends before `。`, `，` or `）`. Text without CJK characters is lexed as before.
 */
export function cjkInlineRules(): InlineRules {
  const gfm: InlineRules = Lexer.rules.inline.gfm;
  const punctuation = `(?![${CJK}])[\\p{P}\\p{S}]`;
  return {
    ...gfm,
    punctuation: new RegExp(`^((?![*_])[\\s\\p{P}\\p{S}${CJK}])`, 'u'),
    emStrongLDelim: new RegExp(
      `^(?:\\*+(?:((?![*~])${punctuation})|([^\\s*]))?)|^_+(?:((?!_)(?!~)[\\p{P}\\p{S}])|([^\\s_]))?`,
      'u',
    ),
    emStrongRDelimAst: new ClosingDelimiter('*', Infinity, '~', ORPHAN),
    delLDelim: new RegExp(`^~~?(?:((?!~)${punctuation})|[^\\s~])`, 'u'),
    delRDelim: new ClosingDelimiter('~', 2),
    url: new RegExp(
      gfm.url.source.replace('[^\\s<]*', `(?:(?![${CJK}])[^\\s<${CJK_URL_END}][^\\s<${CJK_URL_END}]*)?`),
      'u',
    ),
  };
}
