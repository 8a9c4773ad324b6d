import fc from 'fast-check';
import { visibleText } from './visible-text.js';
import { anyCharacter } from '../protocol/text.arbitrary.js';

describe('visibleText', () => {
  it('keeps what people write, emoji and joiners included', () => {
    const text = 'Grüße\n\t世界 👩‍👩‍👧 नमस्ते می‌خواهم';
    expect(visibleText(text, 100)).toBe(text);
  });

  it.each([
    ['tag characters', 'a\u{E0049}\u{E0067}b'],
    ['variation selectors beyond the basic plane', 'a\u{E0100}\u{E01EF}b'],
    ['bidirectional controls', 'a\u202E\u2066\u200Fb'],
    ['control characters', 'a\u0000\u001B\u0085\rb'],
    ['invisible separators', 'a\u200B\u2060\uFEFF\u2028b'],
  ])('removes %s', (_kind, text) => {
    expect(visibleText(text, 100)).toBe('ab');
  });

  it('is well-formed and never longer than the limit', () => {
    const limit = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), limit, (text, max) => {
        const visible = visibleText(text, max);
        expect(visible.length).toBeLessThanOrEqual(max);
        expect(visible.isWellFormed()).toBe(true);
      }),
    );
  });
});
