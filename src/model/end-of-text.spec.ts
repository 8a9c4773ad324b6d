import fc from 'fast-check';
import { endOfText } from './end-of-text.js';
import { jsonBody } from './testing/json-body.arbitrary.js';

describe('[MODEL-02] the end of a JSON string', () => {
  it('is the first quote that is not escaped', () => {
    fc.assert(
      fc.property(jsonBody, fc.string(), (text, after) => {
        expect(endOfText(`x${text}"${after}`, 1)).toBe(text.length + 1);
      }),
    );
    expect(endOfText('abc\\"', 0)).toBe(-1);
    expect(endOfText('\\\\"', 1)).toBe(-1);
  });
});
