import { BlockStream } from './block-stream.js';
import { MarkdownLexer } from './lexer.js';
import { renderBlocks } from './render-block.js';
import { snippets } from './testing/corpus.js';
import { cutIntoPieces, generateAnswer } from './testing/generator.js';
import { asShown, ShownBlocks } from './testing/shown-blocks.js';
import { MarkdownDocument } from './text-document.js';

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

function wholeOf(source: string): ReturnType<typeof asShown> {
  return asShown(renderBlocks(new MarkdownLexer().lex(source.replace(/\r\n?/g, '\n'))));
}

describe('BlockStream', () => {
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
});
