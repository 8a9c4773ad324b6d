import { MillraceError } from '../protocol/error-code.js';

const MAX_DEPTH = 32;
/** Of the objects of a body together. */
const MAX_NAMES = 20_000;
const VALUES_A_MEBIBYTE = 20_000;
const MEBIBYTE = 1024 * 1024;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * How many values a body may hold that may have `limit` bytes. Text has few values for its bytes, but conversations also hold what tools gave,
 * about a dozen bytes a value: so much as no model could read is enough.
 */
export function maxValuesOf(limit: number): number {
  return VALUES_A_MEBIBYTE * Math.ceil(limit / MEBIBYTE);
}

/**
 * Refuses JSON that is nested deeper than 32, holds more than `maxValues` values, or objects with more than 20,000 different keys,
 * before anything is made of it: parsing a megabyte of keys that are all different stops the event loop for a third of a second. Whether
 * it is JSON at all is for the parser to say.
 * @throws MillraceError `invalid_json`
 */
export function checkJsonSize(bytes: Buffer, maxValues: number): void {
  const names = new Set<string>();
  let depth = 0;
  let values = 1;
  let start = 0;
  let end = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case QUOTE:
        start = at + 1;
        end = endOfString(bytes, at);
        at = end;
        break;
      case COLON:
        names.add(bytes.toString('latin1', start, end));
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        depth += 1;
        values += 1;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
        break;
      default:
        break;
    }
    if (depth > MAX_DEPTH) throw refusal(`The body is nested deeper than ${MAX_DEPTH}.`);
    if (values > maxValues) throw refusal(`The body holds more than ${maxValues} values.`);
    if (names.size > MAX_NAMES) throw refusal(`The body holds more than ${MAX_NAMES} different keys.`);
  }
}

/** The quote that ends the string that begins at `start`: one with an even number of backslashes before it. */
function endOfString(bytes: Buffer, start: number): number {
  for (let quote = bytes.indexOf(QUOTE, start + 1); quote !== -1; quote = bytes.indexOf(QUOTE, quote + 1)) {
    let slash = quote - 1;
    while (bytes[slash] === BACKSLASH) slash -= 1;
    if ((quote - 1 - slash) % 2 === 0) return quote;
  }
  return bytes.length;
}

/**
 * Refuses bodies that are not one object, or that hold keys which name members of every object (`__proto__`, `constructor`,
 * `toString` …), whatever would copy them later. Walks without recursion.
 * @throws MillraceError `invalid_json`
 */
export function checkJsonShape(body: unknown): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw refusal('The body must be one JSON object.');
  const waiting: object[] = [body];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const [key, value] of Object.entries(next) as [string, unknown][]) {
      if (key in Object.prototype) throw refusal(`The key ${JSON.stringify(key)} is not allowed.`);
      if (typeof value === 'object' && value !== null) waiting.push(value);
    }
  }
}

function refusal(detail: string): MillraceError {
  return new MillraceError('invalid_json', { detail });
}
