import { checkSchema, makeValidator } from './tool-schema.js';

const object = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  type: 'object',
  properties,
  ...more,
});

describe('[TOOL-11] checkSchema', () => {
  it.each([
    ['no properties', { type: 'object' }],
    [
      'references into itself',
      object({ a: { $ref: '#/$defs/a~1b' } }, { $defs: { 'a/b': { type: 'string' } } }),
    ],
    ['recursion that ends with the data', object({ children: { type: 'array', items: { $ref: '#' } } })],
    [
      'draft-07, as older servers declare',
      object({ a: {} }, { $schema: 'http://json-schema.org/draft-07/schema#' }),
    ],
    [
      'harmless patterns',
      object({ a: { pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' }, b: { pattern: '^\\d{4}-\\d{2}$' } }),
    ],
    ['a pattern that is none in Unicode mode', object({ a: { pattern: '^[\\w\\-]+\\_$' } })],
  ])('takes a schema with %s', (_kind, schema) => {
    expect(checkSchema(schema)).toEqual({ ok: true, schema });
  });

  it.each([
    ['^(a+)+$'],
    ['^(a|a)*$'],
    ['(.*)*x'],
    ['^([a-zA-Z]+)*$'],
    ['^(\\d+)*$'],
    ['^(\\s*)*;'],
    ['^(([b-y])+.)+[A-Z]([b-y])+$'],
  ])('refuses the pattern %s, wherever it stands', (pattern) => {
    const reason = 'its input schema holds a regular expression that can run without end';
    expect(checkSchema(object({ a: { items: { pattern } } }))).toEqual({ ok: false, reason });
    expect(checkSchema(object({}, { patternProperties: { [pattern]: {} } }))).toEqual({ ok: false, reason });
  });

  it('does not change what it is given', () => {
    const schema = object({ a: { $ref: '#/$defs/b', description: 'x\u{E0041}' } }, { $defs: { b: {} } });
    const before = structuredClone(schema);
    checkSchema(schema);
    expect(schema).toEqual(before);
  });

  it('keeps a property that is called description', () => {
    const schema = object({ description: { type: 'string' } }, { required: ['description'] });
    expect(checkSchema(schema)).toEqual({ ok: true, schema });
  });
});

describe('makeValidator', () => {
  it('reads a schema by its dialect', () => {
    const tuple = object({ a: { items: [{ type: 'string' }] } });
    const draft7 = { ...tuple, $schema: 'http://json-schema.org/draft-07/schema#' };
    expect(makeValidator(draft7).validate({ a: [1] }).valid).toBe(false);
    expect(
      makeValidator({ ...tuple, $schema: 'https://json-schema.org/draft/2019-09/schema' }).validate({
        a: ['x'],
      }).valid,
    ).toBe(true);
  });
});
