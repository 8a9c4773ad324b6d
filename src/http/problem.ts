import { ulid } from 'ulid';
import type { MillraceError } from '../protocol/error-code.js';
import { toOpenAiError } from '../protocol/openai-error.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/**
 * An error as a problem document (RFC 9457) with the seed's `detail` text. `type` is a reference to the page /errors, which
 * explains the code. `instance` is the path of the request, without its query; under /v1 the document also holds OpenAI's `error`.
 */
export function problemOf(error: MillraceError, instance?: string): { trace_id: string; body: string } {
  const trace_id = ulid();
  const body = JSON.stringify({
    ...error.members,
    type: `/errors#${error.code}`,
    title: error.code.replaceAll('_', ' '),
    status: error.status,
    detail: error.detail,
    instance,
    code: error.code,
    retryable: error.retryable,
    trace_id,
    ...(isOpenAiPath(instance) && {
      error: toOpenAiError({ code: error.code, message: error.detail, param: error.members['param'] }),
    }),
  });
  return { trace_id, body };
}

/** Whether clients of OpenAI call this path. */
export function isOpenAiPath(path = ''): boolean {
  return path === '/v1' || path.startsWith('/v1/');
}
