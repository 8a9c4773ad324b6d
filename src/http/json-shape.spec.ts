import fc from 'fast-check';
import { checkJsonShape, checkJsonSize, maxValuesOf } from './json-shape.js';

const size =
  (text: string, maxValues = 20_000) =>
  () =>
    checkJsonSize(Buffer.from(text), maxValues);
const array = (values: number) => `[${Array.from({ length: values }, () => '1').join(',')}]`;

describe('checkJsonSize', () => {
  it('takes 32 levels and refuses 33', () => {
    expect(size('['.repeat(32) + ']'.repeat(32))).not.toThrow();
    expect(size('['.repeat(33) + ']'.repeat(33))).toThrow('nested deeper than 32');
    expect(size('{"a":['.repeat(16) + ']}'.repeat(16))).not.toThrow();
    expect(size('{"a":['.repeat(17) + ']}'.repeat(17))).toThrow('nested deeper than 32');
  });

  it('counts the depth, not the number of objects', () => {
    expect(size(`[${'[],'.repeat(1000)}[]]`)).not.toThrow();
  });

  it('refuses more values than 20,000 for each mebibyte that a body may have', () => {
    expect([maxValuesOf(1), maxValuesOf(1024 * 1024), maxValuesOf(16 * 1024 * 1024)]).toEqual([
      20_000, 20_000, 320_000,
    ]);
    expect(size(array(19_000))).not.toThrow();
    expect(size(array(20_001))).toThrow('more than 20000 values');
    expect(size(array(40_000), 320_000)).not.toThrow();
  });

  it('refuses more than 20,000 different keys, whatever the objects that have them', () => {
    const object = (first: number, count: number) =>
      `{${Array.from({ length: count }, (_, at) => `"${first + at}" : 1`).join(',')}}`;
    expect(size(`[${object(0, 15_000)},${object(0, 15_000)}]`, 320_000)).not.toThrow();
    expect(size(`[${object(0, 15_000)},${object(9000, 15_000)}]`, 320_000)).toThrow('20000 different keys');
  });

  it('does not look into strings', () => {
    const brackets = '['.repeat(100) + ','.repeat(30_000);
    expect(size(JSON.stringify({ a: brackets, [brackets]: `${brackets}"\\` }))).not.toThrow();
    expect(size(JSON.stringify({ a: '\\'.repeat(1001), b: brackets }))).not.toThrow();
  });

  it('agrees with the parser on any JSON within the limits, and survives any bytes', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 5 }), (text) => size(text)()));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        try {
          checkJsonSize(Buffer.from(bytes), 100);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_json' });
        }
      }),
    );
  });
});

describe('checkJsonShape', () => {
  it.each(['null', '[]', '"x"', '1', 'true'])('refuses %s, which is not an object', (text) => {
    expect(() => checkJsonShape(JSON.parse(text))).toThrow('must be one JSON object');
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'refuses the key %s at any depth',
    (key) => {
      expect(() => checkJsonShape(JSON.parse(`{"${key}":{"polluted":1}}`))).toThrow('is not allowed');
      expect(() => checkJsonShape(JSON.parse(`{"a":[{"b":{"${key}":1}}]}`))).toThrow('is not allowed');
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  it('takes every other key', () => {
    const key = fc.string().filter((name) => !(name in Object.prototype));
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.dictionary(key, fc.string(), { noNullPrototype: true }), {
          noNullPrototype: true,
        }),
        (body) => {
          checkJsonShape(body);
        },
      ),
    );
  });
});
