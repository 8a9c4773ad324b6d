import fc from 'fast-check';
import { Lexer, Tokenizer } from 'marked';
import { blockRules, otherRules } from './block-rules.js';
import { cjkInlineRules } from './cjk-rules.js';
import { MarkdownLexer } from './lexer.js';

const own = blockRules();
const { gfm } = Lexer.rules.block;
const tokenizer = new Tokenizer();
new Lexer({ tokenizer });
const { other } = tokenizer.rules;
/** What the rules look at: HTML of either kind, underlines, tables, quotes, lists, and characters that end a line or do not. */
const PIECES = [
  '<',
  '</',
  '<!--',
  '<?',
  'div',
  'DIV',
  'h1',
  'divx',
  'ul',
  'script',
  '/',
  '/>',
  '>',
  ' ',
  '\t',
  '\n',
  '\n\n',
];
const MARKS = ['===', '---', '|', '|-|', '| a |', '- ', '1. ', '# ', '```', '> ', 'a', '中', '\r', '\u2028'];
const text = fc
  .array(fc.constantFrom(...PIECES, ...MARKS), { maxLength: 60 })
  .map((pieces) => pieces.join(''));

test.each([
  ['blockquote', 1, []],
  ['html', 1, [1]],
  ['lheading', 2, [1, 2]],
  ['paragraph', 2, [1]],
  ['table', 1, [1, 2, 3]],
] as const)('%s finds what marked’s rule finds', (name, lists, groups) => {
  const said = (rule: RegExp, given: string) => {
    const found = rule.exec(given);
    return found && [found[0], ...groups.map((group) => found[group])];
  };
  fc.assert(
    fc.property(text, (given) => {
      fc.pre(!given.startsWith('\n'));
      expect(said(own[name], given)).toEqual(said(gfm[name], given));
    }),
    { numRuns: 3000, examples: [[`${'a\n'.repeat(60)}===`], ['a\n<div\n'], ['a\n</ul/>\n'], ['<h1']] },
  );
  expect(own[name].source.split('[a-z0-9]+').length - gfm[name].source.split('[a-z0-9]+').length).toBe(lists);
});

test('HTML begins where marked finds that it does', () => {
  const { htmlBeginRegex } = otherRules(other);
  expect(htmlBeginRegex(2)).toBe(htmlBeginRegex(2));
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 6 }), (given, indent) => {
      expect(htmlBeginRegex(indent).test(given)).toBe(other.htmlBeginRegex(indent).test(given));
    }),
    {
      numRuns: 3000,
      examples: [
        ['<div', 1],
        ['</DIV\t', 2],
        ['<ul/>', 3],
        ['<divx', 1],
        ['<h1>', 4],
      ],
    },
  );
});

test('the page leaves out no rule of marked’s that is in use', () => {
  const inline = cjkInlineRules();
  // As in client/vite.config.ts.
  const replaced = ['punctuation', 'emStrongLDelim', 'emStrongRDelimAst', 'delLDelim', 'delRDelim'] as const;
  for (const name of replaced) expect(inline[name]).not.toBe(Lexer.rules.inline.gfm[name]);
});

test('nor a mode or an extension that is', () => {
  const { options } = new MarkdownLexer();
  expect(options).toMatchObject({ gfm: true, pedantic: false, breaks: false, silent: false });
  expect(Object.keys(options.extensions ?? {})).not.toContain('startBlock');
});
