import { Validator, type Schema } from '@cfworker/json-schema';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { recordedStreams } from '../../test/support/recorded-runs.js';
import { decodeFrame, NativeEncoder } from '../protocol/native-codec.js';
import { arbitraryEvents, arbitrarySnapshot } from '../protocol/run-event.arbitrary.js';
import { eventSchemas, schemaList } from './event-schemas.js';

const schemas = eventSchemas();
const stateSchema = schemas.get('run-state.json') as Schema;
const validatorOf = (file: string): Validator => {
  const validator = new Validator(schemas.get(file) as Schema, '2020-12', false);
  if (file !== 'native-frame.json') validator.addSchema(stateSchema);
  return validator;
};
const types = Object.keys(schemaList().events);
const ofType = new Map(types.map((type) => [type, validatorOf(`${type}.json`)]));
const anyFrame = validatorOf('native-frame.json');

/** The types of events whose schema takes this frame; the schema of all frames must take it, too. */
function typesOf(frame: unknown): string[] {
  const { valid, errors } = anyFrame.validate(frame);
  expect(valid ? [] : errors.map(({ instanceLocation, error }) => `${instanceLocation} ${error}`)).toEqual(
    [],
  );
  return [...ofType].filter(([, validator]) => validator.validate(frame).valid).map(([type]) => type);
}

describe('[API-02] the schemas of events', () => {
  it.each(recordedStreams())('describe every frame of the recorded run "%s"', (_name, text) => {
    let frames = 0;
    const parser = createParser({
      onEvent: ({ id, data }) => {
        const [event] = decodeFrame({ id, data }).events;
        if (!event) return;
        frames += 1;
        expect({ data, types: typesOf(JSON.parse(data)) }).toEqual({ data, types: [event.type] });
      },
    });
    parser.feed(text);
    expect(frames).toBeGreaterThan(3);
  });

  it.each(Object.entries({ ...arbitraryEvents, 'run.snapshot': arbitrarySnapshot }))(
    'describe whatever is written for %s, and nothing else does',
    (type, arbitrary) => {
      fc.assert(
        fc.property(arbitrary, (event) => {
          expect(typesOf(JSON.parse(new NativeEncoder().encode(event)))).toEqual([type]);
        }),
        { numRuns: 10 },
      );
    },
  );

  it('are one for each type of event, at the address that they name', () => {
    expect(types.sort()).toEqual([...Object.keys(arbitraryEvents), 'run.snapshot'].sort());
    for (const [file, { $id, $schema }] of schemas)
      expect({ $id, $schema }).toEqual({
        $id: `/schemas/${file}`,
        $schema: 'https://json-schema.org/draft/2020-12/schema',
      });
  });

  it.each([{}, { type: 'nonsense' }, '[DONE]', { type: 'text_ended', step_id: 's', ts: 1 }])(
    'refuse %j',
    (frame) => {
      expect(anyFrame.validate(frame).valid).toBe(false);
    },
  );
});
