import { StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { MillraceError } from '../protocol/error-code.js';

const MAX_ISSUES = 50;

/**
 * Checks parameters against their schema. Faults are answered as `invalid_request` (422), with one entry of `errors` a field in the
 * seed's members `type`, `loc` and `msg`; a body that is missing altogether as `invalid_json` (400).
 */
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => invalidRequest(issues) });
  }

  override transform<T = unknown>(value: T, metadata: ArgumentMetadata): Promise<T> {
    if (metadata.type === 'body' && metadata.schema !== undefined && value === undefined)
      throw new MillraceError('invalid_json', { detail: 'The body is empty. Send one JSON object.' });
    return super.transform(value, metadata);
  }
}

/** A Standard Schema issue; zod adds what kind it is. */
interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  readonly code?: unknown;
}

function invalidRequest(issues: readonly Issue[]): MillraceError {
  const errors = issues.slice(0, MAX_ISSUES).map(({ path = [], message, code }) => ({
    type: typeof code === 'string' ? code : 'invalid',
    loc: path.map((segment) => String(typeof segment === 'object' ? segment.key : segment)),
    msg: message,
  }));
  const detail = errors.map(({ loc, msg }) => `${loc.join('.') || 'body'}: ${msg}`).join('; ');
  return new MillraceError('invalid_request', { detail, members: { errors } });
}
