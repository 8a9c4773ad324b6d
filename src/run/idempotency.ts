import { createHash } from 'node:crypto';
import { MillraceError } from '../protocol/error-code.js';
import type { RunProgram } from './run-program.js';

/**
 * The key of a request, and what tells it from another under the same key. `request` is what is asked for, without how it is to be
 * answered. A key is a text of 1 to 255 visible characters, bare or in quotes (draft-ietf-httpapi-idempotency-key-header). Throws
 * `invalid_parameter`.
 */
export function idempotencyOf(key: string | undefined, request: object): RunProgram['idempotency'] {
  if (key === undefined) return undefined;
  const bare = /^"(.*)"$/.exec(key)?.[1] ?? key;
  if (!/^[\x21-\x7e]{1,255}$/.test(bare))
    throw new MillraceError('invalid_parameter', {
      detail: 'Idempotency-Key must be 1 to 255 visible ASCII characters.',
    });
  const requestHash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  return { key: bare, requestHash };
}
