import { jest } from '@jest/globals';
import fc from 'fast-check';
import { BlockStream } from './block-stream.js';
import { GrowingWords } from './growing-words.js';
import { MarkdownLexer } from './lexer.js';
import { renderBlocks } from './render-block.js';
import { snippets } from './testing/corpus.js';
import { cutIntoPieces, generateAnswer } from './testing/generator.js';
import { asShown, ShownBlocks, textOf } from './testing/shown-blocks.js';
import { MarkdownDocument } from './text-document.js';

/** What markdown is made of, in no order. */
const MARKS =
  '- |* |1. |2) |> |# |## |\n|\n|\n\n|  |    |\t|```|```\n|~~~\n|a|b c|word |**|*|_|~~|`|[|](|/x)|]: /y|<div>|</div>|<br>|<a x>|</a>|<!--|-->|<b>|&amp;|\\|$|$$|\\(|\\)|中文|：|。|“|---|===|- [ ] |- [x] |https://a.io|![|!|  \n'
    .split('|')
    .concat('|', '|---|', '| a | b |\n|---|---|\n', '| c | d |\n');

/** Streams pieces through a document, as the owner of one does. */
function stream(pieces: readonly string[], afterEach?: (shown: ShownBlocks) => void): ShownBlocks {
  const shown = new ShownBlocks();
  const document = new MarkdownDocument();
  const blocks = new BlockStream(() => document.text);
  document.attach({
    append: (text) => {
      shown.apply(blocks.append(text));
      afterEach?.(shown);
    },
    end: () => shown.apply(blocks.end()),
  });
  for (const piece of pieces) document.append(piece);
  document.end();
  return shown;
}

/** The last block after each piece. */
function lastBlocks(pieces: readonly string[]): ShownBlocks['last'][] {
  const after: ShownBlocks['last'][] = [];
  stream(pieces, ({ last }) => after.push(last));
  return after;
}

function expectWordsToChangeNothing(pieces: readonly string[]): void {
  const shown = lastBlocks(pieces);
  const find = jest.spyOn(GrowingWords, 'find').mockReturnValue(undefined);
  const lexed = lastBlocks(pieces);
  find.mockRestore();
  expect(shown).toEqual(lexed);
}

function wholeOf(source: string): ReturnType<typeof asShown> {
  return asShown(renderBlocks(new MarkdownLexer().lex(source.replace(/\r\n?/g, '\n'))));
}

describe('[UI-03] BlockStream', () => {
  it('has a corpus of at least 150 snippets', () => {
    expect(snippets.length).toBeGreaterThanOrEqual(150);
  });

  it.each(snippets)('ends with what one lexing of the whole gives: $name', ({ source }) => {
    const whole = wholeOf(source);
    expect(stream([source]).blocks).toEqual(whole);
    expect(stream([...source]).blocks).toEqual(whole);
    for (const seed of [1, 2, 3]) expect(stream(cutIntoPieces(source, seed)).blocks).toEqual(whole);
  });

  it.each(snippets)('does so with other blocks around it: $name', ({ source }) => {
    const around = `Before it.\n\n${source}\n\nAfter it, *some* text.\n`;
    expect(stream(cutIntoPieces(around, 5)).blocks).toEqual(wholeOf(around));
  });

  it.each(Array.from({ length: 40 }, (_, seed) => seed))('does so for generated answer %i', (seed) => {
    for (const language of ['en', 'zh'] as const) {
      const answer = generateAnswer(seed, language);
      expect(stream(cutIntoPieces(answer, seed, 1 + (seed % 30))).blocks).toEqual(wholeOf(answer));
    }
  });

  it('does so for any order of marks and words', () => {
    const piece = fc.constantFrom(...MARKS);
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        (marks, seed, longest) => {
          const source = marks.join('');
          const whole = wholeOf(source).map((node) =>
            typeof node === 'string' ? { tag: 'p', attributes: {}, children: [node] } : node,
          );
          expect(stream(cutIntoPieces(source, seed, longest)).blocks).toEqual(whole);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each(Array.from({ length: 12 }, (_, seed) => seed + 1))(
    'shows words as it shows what is lexed, with each piece of answer %i',
    (seed) => {
      for (const language of ['en', 'zh'] as const)
        expectWordsToChangeNothing(cutIntoPieces(generateAnswer(seed, language, 4), seed, 1 + (seed % 12)));
    },
  );

  it('does so for any order of marks and words with others', () => {
    const piece = fc.constantFrom(...MARKS, 'and more', '好的，', 'w,');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => expectWordsToChangeNothing(pieces)),
      { numRuns: 500 },
    );
  });

  it('knows while a line grows what the line was lexed with', () => {
    const [, linked, grown] = lastBlocks(['[a]: /x\n\nsee', ' [a] now', ' and']);
    expect(JSON.stringify(linked)).toContain('"href":"/x"');
    expect(JSON.stringify(grown)).toContain('"href":"/x"');
  });

  it('shows the same whole text after an overlong block, as plain lines', () => {
    const long = `${'[x '.repeat(20_000)}\nstill the block\n`;
    const shown = stream(cutIntoPieces(`# Head\n\n${long}\n\n**after**\n`, 1, 3000));
    const texts = shown.blocks.map((block) => textOf([block]));
    expect(texts.map((text) => text.trimEnd())).toEqual(['Head', long.trimEnd(), 'after']);
  });

  it('seals all but the last block once a complete line follows', () => {
    const sealed: number[] = [];
    stream(['one\n', '\n', 'two', ' more\n', '\n- a\n', '- b\n', '```\n', 'x\n', '```\n'], (shown) =>
      sealed.push(shown.sealedBlocks),
    );
    expect(sealed).toEqual([0, 0, 0, 1, 2, 2, 3, 3, 4]);
  });

  describe('lexes little', () => {
    let lex: jest.SpiedFunction<MarkdownLexer['lex']>;

    beforeEach(() => {
      lex = jest.spyOn(MarkdownLexer.prototype, 'lex');
    });

    afterEach(() => jest.restoreAllMocks());

    const lexedLengths = (): number[] => lex.mock.calls.map(([text]) => text.length);

    const lexedFor = (text: string): number => {
      lex.mockClear();
      stream(cutIntoPieces(text, 1));
      return lexedLengths().reduce((sum, length) => sum + length, 0);
    };

    it.each([
      ['paragraphs', 'Some words of a paragraph that goes on.\n\n'],
      ['items of one list', '- an item of a list\n'],
      ['rows of one table', '| a cell | another |\n'],
      ['lines of one fence', 'const a = 1;\n'],
    ])('for %s: twice the text costs about twice as much', (name, unit) => {
      const head =
        { 'rows of one table': '| a | b |\n|---|---|\n', 'lines of one fence': '```\n' }[name] ?? '';
      const once = lexedFor(head + unit.repeat(100));
      const twice = lexedFor(head + unit.repeat(200));
      expect(twice).toBeLessThan(once * 2.2 + 100);
    });

    it('lexes nothing while a line or a fence grows', () => {
      stream(['A line that is ', 'settled ', 'grows ', '**on', '** and on']);
      expect(lex).toHaveBeenCalledTimes(2);
      lex.mockClear();
      stream(['```\n', 'code ', 'more\n', 'lines\n', '```\n']);
      expect(lex).toHaveBeenCalledTimes(2);
    });

    it('never lexes more than a bounded part of the text at once', () => {
      for (const unit of ['[', '**a*b ', '> ', '+ ', 'word ', '| a |\n', '- a\n  ']) {
        lex.mockClear();
        const document = new MarkdownDocument();
        const blocks = new BlockStream(() => document.text);
        document.attach({ append: (text) => void blocks.append(text), end: () => undefined });
        const text = unit.repeat(200_000 / unit.length);
        for (let start = 0; start < text.length; start += 5000)
          document.append(text.slice(start, start + 5000));
        expect(Math.max(...lexedLengths(), 0)).toBeLessThanOrEqual(45_000);
      }
    });
  });
});
