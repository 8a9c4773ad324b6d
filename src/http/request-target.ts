import type { NextFunction, Request, Response } from 'express';
import type { IncomingMessage } from 'node:http';
import { MillraceError } from '../protocol/error-code.js';

/** The longest request target (path and query), in bytes. RFC 9110 §4.1 asks for at least 8000. */
const MAX_TARGET_LENGTH = 8192;

/**
 * Refuses requests whose target is too long (414) or that do not say, exactly once, which host they are for (RFC 9112 §3.2: 400).
 */
export function checkTarget(request: Request, _response: Response, next: NextFunction): void {
  if (request.url.length > MAX_TARGET_LENGTH) throw new MillraceError('uri_too_long');
  const hosts = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length > 1 || (hosts.length === 0 && request.httpVersion === '1.1'))
    throw new MillraceError('malformed_request', {
      detail: 'The request must have exactly one Host header.',
    });
  next();
}

/** The host and port that a request is for: of its target where that is a whole URL (RFC 9112 §3.2.2), else of its Host header. */
export function authorityOf({ url = '', headers }: IncomingMessage): string | undefined {
  return URL.canParse(url) ? new URL(url).host : headers.host;
}
