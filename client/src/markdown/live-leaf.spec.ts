import { jest } from '@jest/globals';
import fc from 'fast-check';
import { LONGEST_WORDS } from './growing-words.js';
import { MarkdownLexer } from './lexer.js';
import { LiveLeaf } from './live-leaf.js';
import { closeOpenSpans, holdBack } from './open-spans.js';
import { renderInline } from './render-inline.js';
import { settledUntil } from './settled-text.js';
import type { ViewNode } from './view-node.js';

/** What a line is made of, in no order. */
const PARTS = [
  ...'5 * 6 < 7 | snake_case_name |_a |*a |a* |~ |~~~|<b |** '.split('|'),
  ...'* ** *** _ __ ~~ ` `` [ ] ( ) ](/x) ]: ! ![ < > <br> <b> </a> & &amp; \\ $ $$ \\( \\) @ : . - # |'.split(
    ' ',
  ),
  ...[
    'word',
    'a',
    '12',
    ' ',
    '  ',
    '中文',
    '，',
    '。',
    '：',
    '、',
    ...`" ' ; ? % = + / ( ) → 👏`.split(' '),
    ' 👏',
    '](/x',
    'word ',
    '；',
    ',',
    '&#65;',
    '“',
    'https://a.io',
    'www.b.io/',
    'me@a.io',
    'é',
    '🌊',
  ],
  ...[
    'some more words of it ',
    '一些普通的中文，接着写。',
    '**bold** and ',
    '`code` and ',
    '[a link](/to) then ',
    '<a x>',
    '\\(a $x\\) ',
  ],
];

function leafOf(text: string): LiveLeaf | undefined {
  const lexer = new MarkdownLexer();
  const [block] = lexer.lex(text);
  return block && LiveLeaf.find(block, text, lexer);
}

/** What is shown after each piece. */
function shownBy(leaf: LiveLeaf, pieces: readonly string[]): ViewNode[][] {
  let shown: readonly ViewNode[] = renderInline(leaf.token.tokens);
  return pieces.map((piece) => {
    for (const frame of leaf.append(piece)!)
      shown =
        frame.kind === 'words'
          ? grown(shown, frame.text)
          : [...shown.slice(0, frame.from), ...frame.children];
    return [...shown];
  });
}

/** The same with a longer last text. */
function grown(nodes: readonly ViewNode[], text: string): ViewNode[] {
  const last = nodes.at(-1)!;
  const longer = typeof last === 'string' ? last + text : { ...last, children: grown(last.children, text) };
  return [...nodes.slice(0, -1), longer];
}

/** The same, made of the whole line each time. */
function wholes(first: string, pieces: readonly string[]): ViewNode[][] {
  let source = first;
  return pieces.map((piece) => {
    source += piece;
    const text = holdBack(source);
    return renderInline(closeOpenSpans(source, text, new MarkdownLexer().inlineTokens(text)));
  });
}

describe('[UI-03] LiveLeaf', () => {
  it('shows what lexing the whole line would show, whatever the line is made of', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PARTS), { maxLength: 60 }), (parts) => {
        expect(shownBy(leafOf('It is')!, parts)).toEqual(wholes('It is', parts));
      }),
      {
        numRuns: 1000,
        examples: [
          [['`', ' snake_case_name ', ' ', 'a']],
          [['https://a.io', '(', 'word', ')']],
          [[' 👏', ' 👏', ' 👏']],
          [['[a](/x', ' ', '"title']],
          [['\\', '[', '(']],
          [['5 * 6 < 7 ', '`', ' ', '中文']],
          [['5 * 6 < 7 ', '\\(', ' ', '中文']],
          [[' ', 'https://a.io', ',', '12']],
          [['5 * 6 < 7 ', '***', '_', '*a ', '中文']],
        ],
      },
    );
  });

  it.each([
    ['words with spans', 'a **bold** word, `code` and [a link](/to) go '],
    ['Chinese with spans', '一些普通的中文，**加粗**后接着写，'],
    ['plain words', 'some plain words and '],
  ])('lexes no more of a long line of %s than what may still change', (_, unit) => {
    const lexLine = jest.spyOn(MarkdownLexer.prototype, 'lexLine');
    const leaf = leafOf('It is')!;
    lexLine.mockClear();
    shownBy(leaf, [...Array<string>(100).fill(unit), 'then **bold** and']);
    const lexed = lexLine.mock.calls.map(([text]) => text.length);
    lexLine.mockRestore();
    expect(lexed.length).toBeGreaterThan(0);
    expect(Math.max(...lexed)).toBeLessThan(LONGEST_WORDS + 3 * unit.length);
  });

  it.each(['a **bold', 'an *open', 'some `code', '~~gone', '**一些加粗', 'plain'])(
    'lexes nothing while words make the end of %j longer',
    (line) => {
      const leaf = leafOf('It is')!;
      shownBy(leaf, [` ${line}`]);
      const lexLine = jest.spyOn(MarkdownLexer.prototype, 'lexLine');
      const frames = [' and', ' more', '，接着写。', 'words '].flatMap((piece) => leaf.append(piece));
      expect(lexLine).not.toHaveBeenCalled();
      lexLine.mockRestore();
      expect(frames.map((frame) => frame?.kind)).toEqual(['words', 'words', 'words', 'words']);
    },
  );

  // One that took the square of the line's length for each piece would not end in time.
  it.each([
    '*',
    '_',
    '`',
    '~',
    'a',
    '中',
    '@a',
    '\\',
    '\\( ',
    '`a``',
    '[',
    '[a](',
    '<br ',
    '&a',
    '$a ',
    '(',
    '.a',
  ])('grows piece by piece behind 12,000 characters of %j', (unit) => {
    const leaf = leafOf('It is')!;
    const pieces = [unit.repeat(12_000 / unit.length), ...Array<string>(20).fill('x '), 'end'];
    const frames = pieces.map((piece) => leaf.append(piece));
    expect(JSON.stringify(frames.at(-1))).toContain('end');
  });

  it('asks for the whole line when its marks become too many to be any', () => {
    const leaf = leafOf('It is')!;
    const shown = Array.from({ length: 300 }, () => leaf.append(' **a**') !== undefined);
    expect(shown.indexOf(false)).toBe(200);
  });

  it.each([
    ['plain words here', 12],
    ['words **bold** and `code` here', 26],
    ['an [open and more words', 3],
    ['first an *open one', 9],
    ['5 $ and more', 2],
    ['5 * 6 < 7 and snake_case_name here', 30],
    ['_a and *', 0],
    ['a <b and', 2],
    ['no border', 3],
    ['two  spaces **x**', 12],
    ['two  ', 0],
    ['**a b', 0],
    ['中文，接着写。好', 7],
    ['中文，www.a.io', 0],
    ['', 0],
  ])('of %j what stands before %i is settled', (text, end) => {
    expect(settledUntil(text, new MarkdownLexer().inlineTokens(text))).toBe(end);
  });
});
