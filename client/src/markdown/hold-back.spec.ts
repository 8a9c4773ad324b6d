import { closeOpenSpans, isSettledLine, undecidedFrom } from './hold-back.js';
import { MarkdownLexer } from './lexer.js';

const shown = (source: string): string =>
  closeOpenSpans(source, (text) => new MarkdownLexer().inlineTokens(text));

describe('closeOpenSpans', () => {
  it.each([
    ['plain text', 'plain text'],
    ['**bo', '**bo**'],
    ['**bold*', '**bold**'],
    ['**bold**', '**bold**'],
    ['**bold *it', '**bold *it***'],
    ['**bold *it*', '**bold *it***'],
    ['a *', 'a '],
    ['~~old', '~~old~~'],
    ['_it', '_it_'],
    ['snake_case', 'snake_case'],
    ['2 * 3', '2 * 3'],
    ['5*3 = 15', '5*3 = 15'],
    ['`co', '`co`'],
    ['``a ` b', '``a ` b``'],
    ['`a` and `', '`a` and '],
    ['**a `b', '**a `b`'],
    ['see [the do', 'see the do'],
    ['see [the docs]', 'see the docs'],
    ['see [the docs](https://ex', 'see the docs'],
    ['see [the docs](/x "ti', 'see the docs'],
    ['see [the docs](/x)', 'see [the docs](/x)'],
    ['![alt](http', 'alt'],
    ['[**bo', '**bo**'],
    ['a &am', 'a '],
    ['a &amp; b', 'a &amp; b'],
    ['a<br', 'a'],
    ['\\(x', '\\(x\\)'],
    ['a \\', 'a '],
    ['**注意：', '**注意：**'],
    ['old **unclosed\nnew line', 'old **unclosed\nnew line'],
  ])('%j is shown as %j', (source, expected) => {
    expect(shown(source)).toBe(expected);
  });
});

describe('undecidedFrom', () => {
  it.each([
    ['text\n-', 'text\n'],
    ['text\n- ', 'text\n'],
    ['text\n- [x', 'text\n'],
    ['text\n12', 'text\n'],
    ['text\n12.', 'text\n'],
    ['text\n===', 'text\n'],
    ['text\n``', 'text\n'],
    ['text\n```ts', 'text\n'],
    ['text\n> ', 'text\n'],
    ['text\n#', 'text\n'],
    ['text\n| a | b', 'text\n'],
    ['text\n| a | b |\n|--', 'text\n'],
    ['text\n| a | b |\n|---|---|\n', 'text\n| a | b |\n|---|---|\n'],
    ['text\n- a', 'text\n- a'],
    ['text\nmore', 'text\nmore'],
    ['text\n12 men', 'text\n12 men'],
    ['text\n**b', 'text\n**b'],
  ])('of %j shows %j', (text, expected) => {
    expect(text.slice(0, undecidedFrom(text, false))).toBe(expected);
  });

  it('shows a row of a table at once', () => {
    expect(undecidedFrom('| a | b', true)).toBe('| a | b'.length);
  });
});

describe('isSettledLine', () => {
  it.each(['word', '中文', '**bold', '`code', '#tag', '12 men', '3.14', '-x', '[a](', '| a', '(x'])(
    '%j is',
    (line) => {
      expect(isSettledLine(line)).toBe(true);
    },
  );

  it.each([
    '',
    ' ',
    '-',
    '- ',
    '**',
    '***',
    '# ',
    '12',
    '12.',
    '```',
    '> a',
    '===',
    '|--',
    '<div',
    '[a]',
    '[a]:',
    '    code',
  ])('%j is not', (line) => {
    expect(isSettledLine(line)).toBe(false);
  });
});
