import fc from 'fast-check';
import { endOfText, textsOf } from './json-text.js';

const latin1 = (text: string) => Buffer.from(text).toString('latin1');
const utf8 = (text: string) => Buffer.from(text, 'latin1').toString('utf8');

/** JSON strings without their quotes: as JSON.stringify writes them, or with every character escaped. */
const body = fc
  .string({
    unit: fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 1 }),
      fc.constantFrom('\\', '"', '\n', '\ud800', '\udc00'),
    ),
  })
  .chain((text) =>
    fc.constantFrom(
      JSON.stringify(text).slice(1, -1),
      [...Array(text.length).keys()]
        .map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`)
        .join(''),
    ),
  );

describe('[MODEL-02] the text of JSON strings', () => {
  it('is what JSON.parse makes of each of them', () => {
    fc.assert(
      fc.property(fc.array(body, { minLength: 1 }), (pieces) => {
        const expected = pieces.map((piece) => JSON.parse(`"${piece}"`) as string);
        expect(textsOf(pieces.map(latin1))).toEqual(expected);
      }),
    );
  });

  it('is what JSON.parse makes of a lone one, short or long, plain or not', () => {
    const plain = '!#[]~ az09';
    const bodies = [
      '',
      plain,
      'x'.repeat(12),
      'x'.repeat(13),
      '\x7f',
      '\\n',
      '\\"',
      `${plain}\\\\`,
      latin1('水'),
    ];
    for (const one of bodies) expect(textsOf([one])).toEqual([JSON.parse(`"${utf8(one)}"`)]);
    for (const one of ['\n', '\x1f', '\\', 'a\tb']) expect(textsOf([one])).toBeNull();
  });

  it('is null where one of them is no JSON string, even if all of them together would be', () => {
    for (const bodies of [
      ['\\u00', '41'],
      ['\u00e6', '\u00b0\u00b4'],
      ['a\n', ''],
      ['', '\x00'],
      ['a', '\\x'],
      ['\u00ff'],
    ])
      expect(textsOf(bodies)).toBeNull();
  });

  it('ends at the first quote that is not escaped', () => {
    fc.assert(
      fc.property(body, fc.string(), (text, after) => {
        expect(endOfText(`x${text}"${after}`, 1)).toBe(text.length + 1);
      }),
    );
    expect(endOfText('abc\\"', 0)).toBe(-1);
    expect(endOfText('\\\\"', 1)).toBe(-1);
  });

  it('never accepts what JSON.parse refuses', () => {
    const bytes = fc.array(
      fc.oneof(fc.constantFrom(0x5c, 0x75, 0x22, 0x6e, 0x30), fc.integer({ min: 0, max: 255 })),
    );
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1 }), (all) => {
        const strings = all.map((codes) => `${String.fromCharCode(...codes)}"`);
        const bodies = strings.map((text) => text.slice(0, endOfText(text, 0)));
        fc.pre(strings.every((text) => endOfText(text, 0) !== -1));
        const texts = textsOf(bodies);
        if (texts) expect(texts).toEqual(bodies.map((body) => JSON.parse(`"${utf8(body)}"`) as string));
      }),
    );
  });
});
