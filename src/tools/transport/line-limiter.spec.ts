import fc from 'fast-check';
import { LineLimiter } from './line-limiter.js';
import { anyCharacter } from '../../protocol/text.arbitrary.js';

describe('LineLimiter', () => {
  it('gives the lines of any text, however it is split', () => {
    const texts = fc.array(
      fc.string({ unit: anyCharacter }).map((line) => line.toWellFormed().replaceAll('\n', '')),
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 7 }), (lines, step) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const limiter = new LineLimiter(10_000);
        const got = [];
        for (let at = 0; at < bytes.length; at += step)
          got.push(...limiter.push(bytes.subarray(at, at + step)));
        expect(got).toEqual(lines.map((text) => ({ cut: false, text })));
        expect(limiter.end()).toBeUndefined();
      }),
    );
  });

  it('keeps the beginning and the last bytes of a line that is too long, and goes on after it', () => {
    const limiter = new LineLimiter(8);
    const line = `${'abcdefgh'.repeat(100)}THE END`;
    const got = [...line].flatMap((character) => limiter.push(Buffer.from(character)));
    got.push(...limiter.push(Buffer.from('\nnext\n12345678\nrest')));
    expect(got).toEqual([
      { cut: true, head: 'abcdefgh', tail: line.slice(-256) },
      { cut: false, text: 'next' },
      { cut: false, text: '12345678' },
    ]);
    expect(limiter.end()).toEqual({ cut: false, text: 'rest' });
  });
});
