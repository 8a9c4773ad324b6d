import fc from 'fast-check';

/** What stands between the quotes of a JSON string: as JSON.stringify writes it, or with every character escaped. */
export const jsonBody = fc
  .string({
    unit: fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 1 }),
      fc.constantFrom('\\', '"', '\n', '\ud800', '\udc00'),
    ),
  })
  .chain((text) => fc.constantFrom(JSON.stringify(text).slice(1, -1), escaped(text)));

function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
