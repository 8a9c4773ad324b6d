import type { Request, RequestHandler } from 'express';
import { MillraceError } from '../protocol/error-code.js';
import { authorityOf } from './request-target.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses requests that change state and come from a page of another origin, unless it is one of `allowed` (CSRF). It holds in every
 * mode: also a gateway may know its users by a cookie, which browsers send along.
 */
export function refuseForeignOrigins(allowed: readonly string[]): RequestHandler {
  const known = new Set(allowed);
  return (request, _response, next) => {
    if (!SAFE_METHODS.has(request.method) && !isAtHome(request, known))
      throw new MillraceError('foreign_origin');
    next();
  };
}

/** Programs send no Origin; browsers send one with every request that changes state, and `null` where they hide it. */
function isAtHome(request: Request, known: ReadonlySet<string>): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined && known.has(origin)) return true;
  if (site === 'cross-site' || site === 'same-site') return false;
  // Pages cannot set this header (Fetch Metadata §2), and it holds also where a gateway has replaced the Host.
  if (site === 'same-origin' || origin === undefined) return true;
  const { protocol, host } = URL.canParse(origin) ? new URL(origin) : { protocol: '', host: '' };
  return (protocol === 'http:' || protocol === 'https:') && host === authorityOf(request)?.toLowerCase();
}
