import { HttpException } from '@nestjs/common';
import type { Request } from 'express';
import { MillraceError } from '../protocol/error-code.js';
import { allowedMethods } from './allowed-methods.js';

/** Gives what Nest, Express and the body parser throw one of our codes. Anything else is `internal`, with the error as its cause. */
export function asMillraceError(thrown: unknown, request: Request): MillraceError {
  switch (statusOf(thrown)) {
    case 400:
      return new MillraceError('invalid_parameter', { cause: thrown });
    case 404: {
      const allow = allowedMethods(request);
      return allow.length > 0
        ? new MillraceError('method_not_allowed', { members: { allow: allow.join(', ') } })
        : new MillraceError('not_found');
    }
    case 408:
      return new MillraceError('request_timeout');
    case 413:
      return new MillraceError('body_too_large');
    case 415:
      return new MillraceError('unsupported_media_type');
    default:
      return new MillraceError('internal', { cause: thrown });
  }
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const { status } = thrown as { status?: unknown };
  return typeof status === 'number' ? status : undefined;
}
