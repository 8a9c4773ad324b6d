import fc from 'fast-check';
import type { EventOf } from './run-event.js';

/** Any character, halves of surrogate pairs too. What fast-check calls `binary`, whose table of all of them takes 1.6 s a spec. */
export const anyCharacter = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code));

/** Text as hostile as it gets: line ends of every kind, controls, halves of surrogate pairs, and SSE's own words. */
export const arbitraryText = fc.string({
  unit: fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }) },
    fc.string({ unit: anyCharacter, minLength: 1, maxLength: 2 }),
    fc.constantFrom(
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      '\u2028',
      '\u2029',
      '\u0085',
      '\0',
      '\ufeff',
      '\ud83d',
      '\ude00',
      '😀',
      '中文',
      '"',
      '\\',
      '\\u0000',
      '</script>',
      'data: ',
      'data: [DONE]',
      '[DONE]',
      'id: 1',
      ': hb\n',
      '__proto__',
    ),
  ),
  maxLength: 12,
});
export const arbitraryId = fc.oneof(
  fc.stringMatching(/^[a-z]{1,8}_[0-9a-f]{1,8}$/),
  arbitraryText.filter((text) => text !== ''),
);
export const arbitraryRunId = fc.oneof(fc.ulid(), fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/));

export const arbitraryCount = fc.oneof(fc.nat(1000), fc.maxSafeNat());
/** What a position can hold. */
export const arbitraryOrdinal = fc.integer({ min: 1, max: 999_999_999_999_999 });
export const arbitraryNumber = fc.double({ noNaN: true, noDefaultInfinity: true }).map(withoutMinusZero);
/** Any JSON but minus zero, which JSON.stringify writes as 0, and keys named `__proto__`, which zod drops. */
export const arbitraryJson = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => !JSON.stringify(value).includes('"__proto__"'))
  .map((value) => JSON.parse(JSON.stringify(value)) as EventOf<'tool_call.ready'>['input']);

function withoutMinusZero(number: number): number {
  return number === 0 ? 0 : number;
}
