import { isSettledLine, undecidedFrom } from './undecided.js';

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
