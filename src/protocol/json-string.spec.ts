import fc from 'fast-check';
import { jsonString } from './json-string.js';
import { anyCharacter } from './text.arbitrary.js';

test('jsonString is JSON.stringify, for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 100 }), (text) => {
      expect(jsonString(text)).toBe(JSON.stringify(text));
    }),
  );
});

test.each([
  '',
  'plain',
  '水流',
  '"',
  '\\',
  '\n',
  '\0',
  '\u007f',
  '\u2028',
  '😀',
  '\ud83d',
  '\ude00',
  'x'.repeat(65),
])('jsonString is JSON.stringify, for %j', (text) => expect(jsonString(text)).toBe(JSON.stringify(text)));
