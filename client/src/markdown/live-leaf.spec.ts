import { jest } from '@jest/globals';
import fc from 'fast-check';
import { closeOpenSpans } from './hold-back.js';
import { MarkdownLexer, noLinks } from './lexer.js';
import { LiveLeaf } from './live-leaf.js';
import { renderInline } from './render-inline.js';
import { settledUntil } from './settled-text.js';
import type { ViewNode } from './view-node.js';

/** What a line is made of, in no order. */
const PARTS = [
  ...'5 * 6 < 7 | snake_case_name |_a |*a |a* |~ |~~~|<b |** '.split('|'),
  ...'* ** *** _ __ ~~ ` `` [ ] ( ) ](/x) ]: ! ![ < > <br> <b> & &amp; \\ $ $$ \\( \\) @ : . - # |'.split(
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
  ],
];

function leafOf(text: string): LiveLeaf | undefined {
  const [block] = new MarkdownLexer().lex(text);
  return block && LiveLeaf.find(block, text, noLinks());
}

/** What is shown after each piece. */
function shownBy(leaf: LiveLeaf, pieces: readonly string[]): ViewNode[][] {
  let shown: ViewNode[] = renderInline(leaf.token.tokens);
  return pieces.map((piece) => {
    const { from, children } = leaf.append(piece)!;
    shown = [...shown.slice(0, from), ...children];
    return shown;
  });
}

/** The same, made of the whole line each time. */
function wholes(first: string, pieces: readonly string[]): ViewNode[][] {
  const lex = (text: string) => new MarkdownLexer().inlineTokens(text);
  let text = first;
  return pieces.map((piece) => renderInline(lex(closeOpenSpans((text += piece), lex))));
}

describe('[UI-03] LiveLeaf', () => {
  it('shows what lexing the whole line would show, whatever the line is made of', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PARTS), { maxLength: 60 }), (parts) => {
        expect(shownBy(leafOf('It is')!, parts)).toEqual(wholes('It is', parts));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['words', 'some plain words and '],
    ['words with spans', 'a **bold** word, `code` and [a link](/to) go '],
    ['Chinese', '一些普通的中文，**加粗**后接着写。'],
  ])('lexes a long line of %s in time linear in its length', (_, unit) => {
    const inlineTokens = jest.spyOn(MarkdownLexer.prototype, 'inlineTokens');
    const lexedFor = (times: number): number => {
      inlineTokens.mockClear();
      shownBy(leafOf('It is')!, Array<string>(times).fill(unit));
      return inlineTokens.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
    };
    const [once, twice] = [lexedFor(50), lexedFor(100)];
    inlineTokens.mockRestore();
    // Plain words are not lexed at all.
    expect(twice).toBeLessThan(once * 2.1 + 1);
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
