import type { Validator } from '@cfworker/json-schema';
import { isOutOfTime, withinTime } from './bounded-time.js';
import { isWithinDepth } from './json-depth.js';
import type { ParsedArguments } from './tool.js';
import { isObject, makeValidator } from './tool-schema.js';
import type { JsonObject } from './tool-schema.js';

/** The seed's words; clients and models know them. */
const PARSE_FAILED = '工具调用解析失败：';
const MAX_LENGTH = 1024 * 1024;
const MAX_DEPTH = 64;
const CHECK_MS = 100;
const MAX_FAULTS = 5;

const validators = new WeakMap<JsonObject, Validator>();

/**
 * Reads the text that a model wrote as the arguments of a call, and checks it against the tool's input schema. Empty text and
 * `null` are `{}`. The reason says what to write instead, because the model is the one to read it. Never throws.
 */
export function parseArguments(schema: JsonObject, args: string): ParsedArguments {
  if (args.length > MAX_LENGTH) return failed(`the arguments are longer than ${MAX_LENGTH} characters`);
  let input: unknown;
  try {
    input = args.trim() === '' ? {} : (JSON.parse(args) as unknown);
  } catch (error) {
    return failed(`the arguments are not valid JSON (${(error as Error).message})`);
  }
  input ??= {};
  if (!isObject(input)) return failed('the arguments must be one JSON object');
  if (!isWithinDepth(input, MAX_DEPTH))
    return failed(`the arguments are nested more than ${MAX_DEPTH} levels deep`);
  const faults = findFaults(schema, input);
  return faults.length === 0 ? { ok: true, input } : failed(faults.join('; '));
}

function findFaults(schema: JsonObject, input: JsonObject): string[] {
  try {
    let validator = validators.get(schema);
    if (!validator) validators.set(schema, (validator = makeValidator(schema)));
    const check = validator;
    const { errors } = withinTime(CHECK_MS, () => check.validate(input));
    // The engine reports a fault once for each schema around it; the innermost says what is wrong.
    const inner = errors.filter((error) => !OUTER.has(error.keyword));
    const faults = (inner.length > 0 ? inner : errors).map(
      (error) => `${error.instanceLocation.replace(/^#\/?/, '') || 'arguments'}: ${error.error}`,
    );
    return [...new Set(faults)].slice(0, MAX_FAULTS);
  } catch (error) {
    if (isOutOfTime(error)) return ['the arguments take too long to check against the schema'];
    return ['the arguments cannot be checked against the schema of this tool'];
  }
}

const OUTER = new Set([
  'properties',
  'items',
  'prefixItems',
  'additionalProperties',
  '$ref',
  'allOf',
  'patternProperties',
]);

function failed(reason: string): ParsedArguments {
  return { ok: false, reason: PARSE_FAILED + reason };
}
