import { Lexer } from 'marked';
import type { Tokenizer } from 'marked';

type InlineRules = Tokenizer['rules']['inline'];

/** Letters and punctuation of Chinese, Japanese and Korean text, full-width forms included (but not U+3000, a space). */
const CJK =
  '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}\\p{scx=Bopomofo}\\u3001-\\u303f\\uff01-\\uffef';

/** Punctuation that ends a bare URL in CJK text; GFM knows ASCII punctuation only. */
const CJK_URL_END =
  '\\u2014\\u2018-\\u201f\\u2026\\u3000-\\u303f\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65';

/** @param also one more character that counts as a letter: GFM lets `~` stand inside emphasis */
function classes(also: string) {
  const not = also === '' ? '' : `(?!${also})`;
  const or = also === '' ? '' : `|${also}`;
  return {
    punctuation: `${not}(?![${CJK}])[\\p{P}\\p{S}]`,
    cjk: `[${CJK}]`,
    latin: `(?:(?![${CJK}])[^\\s\\p{P}\\p{S}]${or})`,
    letter: `(?:[^\\s\\p{P}\\p{S}]|[${CJK}]${or})`,
  };
}

/**
 * The closing delimiter of emphasis, in the six groups that marked's tokenizer reads: 1 and 2 can only close, 3 and 4
 * can only open, 5 and 6 can do both. The flanking rules are CommonMark's with one change: CJK punctuation counts as a
 * letter, and a CJK character beside a delimiter run counts as a border, because CJK text has no spaces between words
 * (commonmark-spec#650).
 */
function closingDelimiter(head: string, char: string, run: string, also: string): RegExp {
  const { punctuation, cjk, latin, letter } = classes(also);
  const punct = `(?!${char})${punctuation}`;
  return new RegExp(
    [
      head,
      `${punct}(${run})(?=\\s|$)`,
      `(?:${letter}(?=${run}(?:\\s|$))|${latin}(?=${run}(?!${char})${punctuation}))(${run})`,
      `(?:${punct}(?=${run}${latin})|\\s(?=${run}${letter}))(${run})`,
      `\\s(${run})(?!${char})(?=${punctuation})`,
      `${punct}(${run})(?!${char})(?=${punctuation})`,
      `(?:${punct}(?=${run}${cjk})|${cjk}(?=${run}(?!${char})${punctuation})|${letter}(?=${run}${letter}))(${run})`,
    ].join('|'),
    'gu',
  );
}

/**
 * marked's inline rules (GFM) for text that may be Chinese, Japanese or Korean: `**注意：**正文` is bold, and a bare URL
 * ends before `。`, `，` or `）`. Text without CJK characters is lexed as before.
 */
export function cjkInlineRules(): InlineRules {
  const gfm: InlineRules = Lexer.rules.inline.gfm;
  const strong = classes('~').punctuation;
  const plain = classes('').punctuation;
  return {
    ...gfm,
    punctuation: new RegExp(`^((?![*_])[\\s\\p{P}\\p{S}${CJK}])`, 'u'),
    emStrongLDelim: new RegExp(
      `^(?:\\*+(?:((?!\\*)${strong})|([^\\s*]))?)|^_+(?:((?!_)(?!~)[\\p{P}\\p{S}])|([^\\s_]))?`,
      'u',
    ),
    emStrongRDelimAst: closingDelimiter(
      '^[^_*]*?__[^_*]*?\\*[^_*]*?(?=__)|[^*]+(?=[^*])',
      '\\*',
      '\\*+',
      '~',
    ),
    delLDelim: new RegExp(`^~~?(?:((?!~)${plain})|[^\\s~])`, 'u'),
    delRDelim: closingDelimiter('^[^~]+(?=[^~])', '~', '~~?', ''),
    url: new RegExp(
      gfm.url.source.replace('[^\\s<]*', `(?:(?![${CJK}])[^\\s<${CJK_URL_END}][^\\s<${CJK_URL_END}]*)?`),
      'u',
    ),
  };
}
