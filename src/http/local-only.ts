import type { NextFunction, Request, Response } from 'express';
import { isLoopback } from '../config/config.js';
import { MillraceError } from '../protocol/error-code.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * While there is no authentication, only pages of this machine may drive the server: a Host that is not loopback is refused (DNS
 * rebinding), and so is a request of another origin that changes state (CSRF).
 */
export function localOnly(request: Request, _response: Response, next: NextFunction): void {
  const host = hostName(request.headers.host);
  if (host === null || !isLoopback(host)) throw new MillraceError('misdirected_request');
  if (!SAFE_METHODS.has(request.method) && !isSameOrigin(request)) throw new MillraceError('foreign_origin');
  next();
}

function hostName(header: string | undefined): string | null {
  if (header === undefined || /[\s@/\\?#]/.test(header)) return null;
  const match = /^(\[[0-9a-fA-F:]+\]|[^:[\]]+)(?::\d{1,5})?$/.exec(header);
  return match ? match[1]!.toLowerCase() : null;
}

/** Programs send no Origin; browsers send one with every request that changes state, and `null` where they hide it. */
function isSameOrigin({ headers }: Request): boolean {
  if (headers['sec-fetch-site'] === 'cross-site') return false;
  if (headers.origin === undefined) return true;
  const origin = URL.canParse(headers.origin) ? new URL(headers.origin) : null;
  return (
    origin !== null &&
    origin.host === headers.host &&
    (origin.protocol === 'http:' || origin.protocol === 'https:')
  );
}
