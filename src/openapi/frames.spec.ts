import { Validator } from '@cfworker/json-schema';
import fc from 'fast-check';
import { NativeEncoder } from '../protocol/native-codec.js';
import { arbitraryEvents, arbitrarySnapshot } from '../protocol/run-event.arbitrary.js';
import { componentSchemas } from './component-schemas.js';

const schemas = componentSchemas();
const validator = (name: string) =>
  new Validator({ $ref: `#/components/schemas/${name}`, components: { schemas } }, '2020-12', false);
const nativeFrame = validator('NativeFrame');
const frames = Object.keys(schemas).filter((name) => name.endsWith('Frame') && name !== 'NativeFrame');

const errorsOf = (frame: unknown) => {
  const { valid, errors } = nativeFrame.validate(frame);
  return valid ? [] : errors.map(({ instanceLocation, error }) => `${instanceLocation} ${error}`);
};

describe('the schema of native frames', () => {
  const each = new Map(frames.map((name) => [name, validator(name)]));
  const seen = new Set<string>();

  it.each(Object.entries({ ...arbitraryEvents, 'run.snapshot': arbitrarySnapshot }))(
    'describes every frame of %s, each by exactly one of its parts',
    (_type, arbitrary) => {
      fc.assert(
        fc.property(arbitrary, (event) => {
          const frame = JSON.parse(new NativeEncoder().encode(event)) as unknown;
          expect(errorsOf(frame)).toEqual([]);
          const matching = [...each].filter(([, one]) => one.validate(frame).valid).map(([name]) => name);
          expect(matching).toHaveLength(1);
          seen.add(matching[0]!);
        }),
        { numRuns: 40 },
      );
    },
  );

  it('has no part that nothing is written as', () => {
    expect([...seen].sort()).toEqual([...frames].sort());
  });

  it.each([
    ['a frame of no type', {}],
    ['an unknown type', { type: 'nonsense' }],
    [
      'a chunk without its part',
      {
        id: 's',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'm',
        choices: [{ index: 0, delta: { content: 'x' }, finish_reason: null }],
      },
    ],
    [
      'an error without a code',
      { error: { message: 'm', type: 'api_error' }, event: 'run.failed', retryable: true, ts: 1 },
    ],
    ['the end of the stream', '[DONE]'],
  ])('refuses %s', (_name, frame) => {
    expect(errorsOf(frame)).not.toEqual([]);
  });
});
