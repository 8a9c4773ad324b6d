import fc from 'fast-check';
import { GrowingText } from './growing-text.js';

test('GrowingText is all of its pieces, whenever it is asked', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 300 }), fc.func(fc.boolean()), (pieces, look) => {
      const text = new GrowingText();
      for (const [at, piece] of pieces.entries()) {
        text.add(piece);
        if (look(at)) expect(text.toString()).toBe(pieces.slice(0, at + 1).join(''));
      }
      expect(text.toString()).toBe(pieces.join(''));
    }),
  );
});
