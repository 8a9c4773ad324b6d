import fc from 'fast-check';
import { piecesOf } from '../protocol/packed.js';
import { JsonTexts } from './json-texts.js';
import { jsonBody } from './testing/json-body.arbitrary.js';

const latin1 = (text: string) => Buffer.from(text).toString('latin1');
const utf8 = (text: string) => Buffer.from(text, 'latin1').toString('utf8');

const texts = new JsonTexts();

/** Reads what stands between the quotes of JSON strings, in latin1; null where one of them is none. */
function textsOf(bodies: readonly string[]): string[] | null {
  const json = bodies.map((body) => `"${body}"`).join(', ');
  texts.begin(json);
  let start = 1;
  for (const body of bodies) {
    if (texts.find(start) !== start + body.length) return null;
    texts.take();
    start += body.length + 4;
  }
  const read = texts.finish();
  if (read === null || read.delta === '') return read && [];
  return piecesOf(read);
}

const parsed = (json: string) =>
  JSON.parse(
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(json, 'latin1')),
  ) as string;
const notEmpty = (text: string) => text !== '';

describe('[MODEL-02] the texts of JSON strings', () => {
  it('are what JSON.parse makes of each of them, but for those that are empty', () => {
    fc.assert(
      fc.property(fc.array(jsonBody, { minLength: 1 }), (bodies) => {
        const expected = bodies.map((body) => JSON.parse(`"${body}"`) as string);
        expect(textsOf(bodies.map(latin1))).toEqual(expected.filter(notEmpty));
      }),
    );
  });

  it('are what JSON.parse makes of a lone one, short or long, plain or not', () => {
    const plain = '!#[]~ az09';
    const bodies = [
      plain,
      'x'.repeat(12),
      'x'.repeat(13),
      '\x7f',
      '\\n',
      '\\"',
      `${plain}\\\\`,
      latin1('水'),
      latin1('🌊'),
      '\\u6c34',
      '\\ud83c\\udf0a',
    ];
    for (const one of bodies) {
      expect(textsOf([one])).toEqual([JSON.parse(`"${utf8(one)}"`)]);
      expect(textsOf(['', one, ''])).toEqual([JSON.parse(`"${utf8(one)}"`)]);
    }
    for (const one of ['\n', '\x1f', '\\', 'a\tb']) expect(textsOf([one])).toBeNull();
    expect(textsOf(['', ''])).toEqual([]);
  });

  it('are only those that were taken', () => {
    texts.begin(latin1('"one" "水" "two"'));
    for (const start of [1, 7, 13]) {
      expect(texts.find(start)).toBeGreaterThan(start);
      if (start !== 1) texts.take();
    }
    expect(piecesOf(texts.finish()!)).toEqual(['水', 'two']);
  });

  it('are none where one of them is no JSON string, even if all of them together would be', () => {
    for (const bodies of [
      ['\\u00', '41'],
      ['\\u', '0041'],
      ['\\', 'n'],
      ['\u00e6', '\u00b0\u00b4'],
      ['\u00e6\u00b0', '\u00b4'],
      ['\u00e6', 'a'],
      ['\u00b0'],
      ['\u00e6\\u00b0\\u00b4'],
      ['a\n', ''],
      ['', '\x00'],
      ['a', '\\x'],
      ['\\\u00e6\u00b0\u00b4'],
      ['\u00ff'],
      ['\u00c0\u0080'],
      ['\u00ed\u00a0\u0080'],
    ])
      expect(textsOf(bodies)).toBeNull();
    texts.begin('no end');
    expect(texts.find(0)).toBe(-1);
  });

  it('are never what JSON.parse refuses', () => {
    const bytes = fc.array(
      fc.oneof(
        fc.constantFrom(0x5c, 0x75, 0x22, 0x6e, 0x30, 0xe6, 0xb0, 0xb4),
        fc.integer({ min: 0, max: 255 }),
      ),
    );
    fc.assert(
      fc.property(bytes, (codes) => {
        const json = String.fromCharCode(0x22, ...codes, 0x22);
        texts.begin(json);
        const end = texts.find(1);
        if (end === -1) return;
        texts.take();
        const read = texts.finish();
        if (read) expect(read.delta).toBe(parsed(json.slice(0, end + 1)));
        else expect(() => parsed(json.slice(0, end + 1))).toThrow();
      }),
    );
  });
});
