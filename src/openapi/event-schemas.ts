import { z } from 'zod';
import { jsonSchemas, type JsonSchema } from './json-schema.js';
import { framesOfEvents } from './schemas/frame-schemas.js';
import { runState } from './schemas/run-state-schema.js';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const NATIVE_FRAME = 'native-frame';

/**
 * What native streams write for each event, as JSON Schemas of their own: one for each type of event, one for the state that snapshots
 * hold, and `native-frame`, which is any event and brings the others along (JSON Schema 2020-12 §9.3).
 *
 * @returns the schemas by the name of their file
 */
export function eventSchemas(): ReadonlyMap<string, JsonSchema> {
  const events = Object.entries(framesOfEvents).map(([type, frames]): [string, z.ZodType] => [
    type,
    oneOf(type, frames),
  ]);
  const schemas = Object.entries(
    jsonSchemas({ ...Object.fromEntries(events), 'run-state': runState }, addressOf),
  ).map(([name, schema]): [string, JsonSchema] => [name, { $id: addressOf(name), ...schema }]);
  const any: JsonSchema = {
    $id: addressOf(NATIVE_FRAME),
    description: 'The `data` of any event in a native stream. Ignore frames and fields that you do not know.',
    oneOf: events.map(([type]) => ({ $ref: addressOf(type) })),
    $defs: Object.fromEntries(schemas),
  };
  return new Map(
    [...schemas, [NATIVE_FRAME, any] as const].map(([name, schema]) => [
      fileOf(name),
      { $schema: DIALECT, ...schema },
    ]),
  );
}

/** Where each of them is. */
export function schemaList(): { native_frame: string; events: Record<string, string> } {
  const types = Object.keys(framesOfEvents);
  return {
    native_frame: addressOf(NATIVE_FRAME),
    events: Object.fromEntries(types.map((type) => [type, addressOf(type)])),
  };
}

const fileOf = (name: string): string => `${name}.json`;
const addressOf = (name: string): string => `/schemas/${fileOf(name)}`;

function oneOf(type: string, [first, second, ...rest]: readonly z.ZodType[]): z.ZodType {
  if (!first) throw new Error(`Nothing is written for ${type}`);
  return second ? z.xor([first, second, ...rest]).describe(`The event \`${type}\`.`) : first;
}
