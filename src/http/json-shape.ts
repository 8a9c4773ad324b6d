import { MillraceError } from '../protocol/error-code.js';

const MAX_DEPTH = 32;
const MAX_VALUES = 20_000;

/**
 * Refuses bodies whose shape is an attack before anything walks them: not an object, nested deeper than 32, more than 20,000
 * values, or keys that name members of every object (`__proto__`, `constructor`, `toString` …). Walks without recursion.
 * @throws MillraceError `invalid_json`
 */
export function checkJsonShape(body: unknown): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new MillraceError('invalid_json', { detail: 'The body must be one JSON object.' });
  }
  const waiting: { value: object; depth: number }[] = [{ value: body, depth: 1 }];
  let values = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (next.depth > MAX_DEPTH)
      throw new MillraceError('invalid_json', { detail: `The body is nested deeper than ${MAX_DEPTH}.` });
    for (const [key, value] of Object.entries(next.value) as [string, unknown][]) {
      values += 1;
      if (values > MAX_VALUES)
        throw new MillraceError('invalid_json', { detail: `The body holds more than ${MAX_VALUES} values.` });
      if (key in Object.prototype)
        throw new MillraceError('invalid_json', { detail: `The key ${JSON.stringify(key)} is not allowed.` });
      if (typeof value === 'object' && value !== null) waiting.push({ value, depth: next.depth + 1 });
    }
  }
}
