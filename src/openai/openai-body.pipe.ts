import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { MillraceError } from '../protocol/error-code.js';

/**
 * Reads a body as OpenAI does: what does not fit is a 400 whose `param` names the first field that is wrong, for example
 * `messages[0].content`. Throws `invalid_json` without a body, and `invalid_parameter`.
 */
export class OpenAiBodyPipe<S extends z.ZodType> implements PipeTransform<unknown, z.output<S>> {
  constructor(private readonly schema: S) {}

  transform(body: unknown): z.output<S> {
    if (body === undefined)
      throw new MillraceError('invalid_json', { detail: 'The body is empty. Send one JSON object.' });
    const result = this.schema.safeParse(body);
    if (result.success) return result.data;
    const issue = deepest(result.error.issues[0]!);
    const param = issue.code === 'unrecognized_keys' ? issue.keys[0]! : pathOf(issue.path);
    const detail = issue.code === 'unrecognized_keys' ? 'is not a field of this request' : issue.message;
    throw new MillraceError('invalid_parameter', {
      detail: param === '' ? detail : `${param}: ${detail}`,
      members: { ...(param !== '' && { param }) },
    });
  }
}

/** Of a union, the fault in the alternative that fits best: the one whose fault lies deepest. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const faults = issue.errors.flatMap(([first]) => (first ? [deepest(first)] : []));
  const best = faults.toSorted((a, b) => b.path.length - a.path.length)[0];
  return best && best.path.length > 0 ? { ...best, path: [...issue.path, ...best.path] } : issue;
}

function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
    .join('');
}
