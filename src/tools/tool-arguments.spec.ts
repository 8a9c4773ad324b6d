import fc from 'fast-check';
import { parseArguments } from './tool-arguments.js';

const schema = {
  type: 'object',
  properties: {
    city: { type: 'string', minLength: 1 },
    days: { type: 'integer', maximum: 10 },
    unit: { enum: ['C', 'F'] },
    near: { type: 'array', items: { type: 'object', required: ['lat'] } },
  },
  required: ['city'],
  additionalProperties: false,
};
const anything = { type: 'object' };

describe('[TOOL-11] parseArguments', () => {
  it('gives the arguments that fit', () => {
    expect(parseArguments(schema, '{"city":"Köln","days":3,"unit":"C"}')).toEqual({
      ok: true,
      input: { city: 'Köln', days: 3, unit: 'C' },
    });
  });

  it.each(['', '  \n', '{}', 'null'])('takes %j for no arguments', (args) => {
    expect(parseArguments(anything, args)).toEqual({ ok: true, input: {} });
  });

  it.each(['{bad', '{"a":1}}', "{'a':1}", 'undefined'])(
    'says that %j is not JSON, in the words of the seed',
    (args) => {
      expect(parseArguments(anything, args)).toEqual({
        ok: false,
        reason: expect.stringMatching(/^工具调用解析失败：the arguments are not valid JSON \(.+\)$/),
      });
    },
  );

  it.each(['[]', '"x"', '1', 'true'])('says that %s is not an object', (args) => {
    const reason = '工具调用解析失败：the arguments must be one JSON object';
    expect(parseArguments(anything, args)).toEqual({ ok: false, reason });
  });

  it.each([
    ['{}', /arguments: .*"city"/],
    ['{"city":""}', /city: /],
    ['{"city":"a","days":3.5}', /days: .*integer/],
    ['{"city":"a","days":11}', /days: .*10/],
    ['{"city":"a","unit":"K"}', /unit: /],
    ['{"city":"a","near":[{"lat":1},{}]}', /near\/1: .*"lat"/],
    ['{"city":"a","place":"b"}', /place/],
    ['{"city":1,"days":"x"}', /city: .*; days: /],
  ])('says what is wrong with %s', (args, reason) => {
    expect(parseArguments(schema, args)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  it('gives up a check that takes too long, and says so', () => {
    // Its time grows with the fourth power of the length, which no probe of 32 characters shows.
    const slow = { type: 'object', properties: { a: { pattern: '^a*a*a*a*a*b$' } } };
    expect(parseArguments(slow, JSON.stringify({ a: 'a'.repeat(5000) }))).toEqual({
      ok: false,
      reason: expect.stringContaining('take too long to check'),
    });
  });

  it('does not overflow on deep arguments', () => {
    const deep = `${'{"a":'.repeat(50_000)}{}${'}'.repeat(50_000)}`;
    const reason = '工具调用解析失败：the arguments are nested more than 64 levels deep';
    expect(parseArguments(anything, deep)).toEqual({ ok: false, reason });
    const recursive = { type: 'object', properties: { a: { $ref: '#' } } };
    expect(parseArguments(recursive, '{"a":{"a":{}}}').ok).toBe(true);
  });

  it('does not touch prototypes', () => {
    const parsed = parseArguments(
      anything,
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    );
    expect(parsed.ok).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('never throws, and gives back every object', () => {
    fc.assert(
      fc.property(fc.string(), (args) => expect(typeof parseArguments(schema, args).ok).toBe('boolean')),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 20 })), (input) => {
        const args = JSON.stringify(input);
        expect(parseArguments(anything, args)).toEqual({ ok: true, input: JSON.parse(args) });
      }),
    );
  });
});
