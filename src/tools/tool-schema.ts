import { Validator } from '@cfworker/json-schema';
import type { Schema, SchemaDraft } from '@cfworker/json-schema';
import { isOutOfTime, withinTime } from './bounded-time.js';
import { isWithinDepth } from './json-depth.js';
import { visibleText } from './visible-text.js';

export type JsonObject = Record<string, unknown>;
export type SchemaCheck = { ok: true; schema: JsonObject } | { ok: false; reason: string };

const MAX_BYTES = 64 * 1024;
const MAX_DEPTH = 32;
const MAX_TEXT = 4096;
const PROBE_MS = 20;

/**
 * Decides whether the input schema of a tool is safe to show to a model and to check arguments against: an object schema of
 * at most 64 KiB and 32 levels, with references only into itself, and without regular expressions that take exponential time.
 * Gives a copy in which titles and descriptions are free of hidden characters, or the reason for refusing the tool.
 */
export function checkSchema(schema: unknown): SchemaCheck {
  if (!isObject(schema)) return refused('its input schema is not an object');
  if (schema['type'] !== 'object') return refused('its input schema is not of the type object');
  if (!isWithinDepth(schema, MAX_DEPTH))
    return refused(`its input schema is nested more than ${MAX_DEPTH} levels deep`);
  if (Buffer.byteLength(JSON.stringify(schema)) > MAX_BYTES) {
    return refused(`its input schema is larger than ${MAX_BYTES / 1024} KiB`);
  }
  const copy = visibleCopy(schema) as JsonObject;
  const fault = findFault(copy, copy);
  return fault === undefined ? tryOut(copy) : refused(fault);
}

/** Makes the validator of a schema that passed `checkSchema`. Throws when the schema declares a dialect that we do not have. */
export function makeValidator(schema: JsonObject): Validator {
  // The library marks the schemas it is given, and runs patterns as Unicode ones, where some dialects' patterns are errors.
  const own = withoutBrokenPatterns(structuredClone(schema)) as Schema;
  return new Validator(own, dialect(schema['$schema']), false);
}

function dialect(declared: unknown): SchemaDraft {
  if (declared === undefined) return '2020-12';
  const name = typeof declared === 'string' ? declared : '';
  if (name.includes('2020-12')) return '2020-12';
  if (name.includes('2019-09')) return '2019-09';
  if (/draft-0[67]/.test(name)) return '7';
  if (name.includes('draft-04')) return '4';
  throw new Error('its input schema declares an unknown JSON Schema dialect');
}

/** A schema that refers to itself without end, or to nothing, shows itself on the first value. */
function tryOut(schema: JsonObject): SchemaCheck {
  try {
    const validator = makeValidator(schema);
    withinTime(PROBE_MS * 5, () => validator.validate({}));
    return { ok: true, schema };
  } catch (error) {
    if (isOutOfTime(error)) return refused('its input schema takes too long to check');
    if (error instanceof RangeError || (error as Error).name === 'RangeError') {
      return refused('its input schema refers to itself without end');
    }
    return refused((error as Error).message.slice(0, 200));
  }
}

function findFault(node: unknown, root: JsonObject): string | undefined {
  if (Array.isArray(node)) return firstFault(node, root);
  if (!isObject(node)) return undefined;
  for (const key of ['$ref', '$dynamicRef', '$recursiveRef']) {
    const reference = node[key];
    if (typeof reference !== 'string') continue;
    if (!reference.startsWith('#')) return 'its input schema refers to another document';
    if (reference.startsWith('#/') && resolvePointer(root, reference) === undefined) {
      return 'its input schema refers to a part that it does not have';
    }
  }
  const patterns = isObject(node['patternProperties']) ? Object.keys(node['patternProperties']) : [];
  if (typeof node['pattern'] === 'string') patterns.push(node['pattern']);
  if (patterns.some(isExplosive))
    return 'its input schema holds a regular expression that can run without end';
  return firstFault(Object.values(node), root);
}

function firstFault(nodes: readonly unknown[], root: JsonObject): string | undefined {
  for (const node of nodes) {
    const fault = findFault(node, root);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function resolvePointer(root: JsonObject, reference: string): unknown {
  let node: unknown = root;
  for (const part of reference.slice(2).split('/')) {
    if (typeof node !== 'object' || node === null) return undefined;
    let key = part;
    try {
      key = decodeURIComponent(part);
    } catch {
      // A pointer that is not percent-encoded is taken as it stands.
    }
    key = key.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!Object.hasOwn(node, key)) return undefined;
    node = (node as JsonObject)[key];
  }
  return node;
}

/**
 * Tries a pattern on runs of the characters that it speaks of, with an end that does not fit: a pattern whose time doubles with
 * each character does not come back from that. Slower growth is caught by the time limit on each check.
 */
function isExplosive(pattern: string): boolean {
  const expression = compile(pattern);
  if (!expression || !/[*+{]/.test(pattern)) return false;
  const characters = new Set(['a', '0', ' ', ...(pattern.match(/[\p{L}\p{N}._/@-]/gu) ?? []).slice(0, 16)]);
  const samples = [...characters].map((character) => `${character.repeat(32)}\u0001`);
  try {
    withinTime(PROBE_MS, () => samples.forEach((sample) => expression.test(sample)));
    return false;
  } catch (error) {
    if (isOutOfTime(error)) return true;
    throw error;
  }
}

function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}

function withoutBrokenPatterns(node: unknown): unknown {
  if (Array.isArray(node)) node.forEach(withoutBrokenPatterns);
  else if (isObject(node)) {
    if (typeof node['pattern'] === 'string' && !compile(node['pattern'])) delete node['pattern'];
    const properties = node['patternProperties'];
    if (isObject(properties)) {
      for (const pattern of Object.keys(properties)) if (!compile(pattern)) delete properties[pattern];
    }
    Object.values(node).forEach(withoutBrokenPatterns);
  }
  return node;
}

function visibleCopy(node: unknown, key = ''): unknown {
  if (typeof node === 'string' && (key === 'description' || key === 'title'))
    return visibleText(node, MAX_TEXT);
  if (Array.isArray(node)) return node.map((item) => visibleCopy(item));
  if (!isObject(node)) return node;
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, visibleCopy(value, name)]));
}

function refused(reason: string): SchemaCheck {
  return { ok: false, reason };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
