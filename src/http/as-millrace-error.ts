import { HttpException } from '@nestjs/common';
import type { Request } from 'express';
import { MillraceError } from '../protocol/error-code.js';
import { allowedMethods } from './allowed-methods.js';

/** Gives what Nest and Express throw one of our codes. What is not an HTTP error is `internal`, with the thrown value as its cause. */
export function asMillraceError(thrown: unknown, request: Request): MillraceError {
  const status = statusOf(thrown);
  if (status === 404) return notFound(request);
  if (status === 413) return new MillraceError('body_too_large');
  if (status === 415) return new MillraceError('unsupported_media_type');
  if (status !== undefined && status >= 400 && status < 500)
    return new MillraceError('invalid_parameter', { cause: thrown });
  return new MillraceError('internal', { cause: thrown });
}

/** Where there is a route for other methods, these are named. */
function notFound(request: Request): MillraceError {
  const allow = allowedMethods(request);
  return allow.length > 0
    ? new MillraceError('method_not_allowed', { members: { allow: allow.join(', ') } })
    : new MillraceError('not_found');
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const { status } = thrown as { status?: unknown };
  return typeof status === 'number' ? status : undefined;
}
