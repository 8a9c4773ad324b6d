import type { NextFunction, Request, Response } from 'express';
import { isLoopback } from '../config/config.js';
import { MillraceError } from '../protocol/error-code.js';
import { authorityOf } from './request-target.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * While there is no authentication, only pages of this machine may drive the server: a host that is not loopback is refused (DNS
 * rebinding), and so is a request of another origin that changes state (CSRF).
 */
export function localOnly(request: Request, _response: Response, next: NextFunction): void {
  const host = hostName(authorityOf(request));
  if (host === null || !isLoopback(host)) throw new MillraceError('misdirected_request');
  if (!SAFE_METHODS.has(request.method) && !isSameOrigin(request)) throw new MillraceError('foreign_origin');
  next();
}

/** The host of `host[:port]`, or null for anything else: user information, spaces, an empty name. */
function hostName(authority: string | undefined): string | null {
  const match = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/.exec(authority ?? '');
  return match ? match[1]!.toLowerCase() : null;
}

/** Programs send no Origin; browsers send one with every request that changes state, and `null` where they hide it. */
function isSameOrigin(request: Request): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (site === 'cross-site' || site === 'same-site') return false;
  if (origin === undefined) return true;
  const { protocol, host } = URL.canParse(origin) ? new URL(origin) : { protocol: '', host: '' };
  return (protocol === 'http:' || protocol === 'https:') && host === authorityOf(request)?.toLowerCase();
}
