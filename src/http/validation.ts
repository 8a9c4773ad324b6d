import { StandardSchemaValidationPipe } from '@nestjs/common';
import { MillraceError } from '../protocol/error-code.js';

/** Checks parameters against their schema; faults are answered as `invalid_request` (422) with one entry a field. */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) => {
      const errors = issues.slice(0, 50).map((issue) => ({
        loc: (issue.path ?? [])
          .map((segment) => (typeof segment === 'object' ? segment.key : segment))
          .map(String),
        msg: issue.message,
      }));
      const detail = errors.map(({ loc, msg }) => `${loc.join('.') || 'body'}: ${msg}`).join('; ');
      return new MillraceError('invalid_request', { detail, members: { errors } });
    },
  });
}
