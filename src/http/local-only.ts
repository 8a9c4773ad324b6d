import type { NextFunction, Request, Response } from 'express';
import { isLoopback } from '../config/config.js';
import { MillraceError } from '../protocol/error-code.js';
import { authorityOf } from './request-target.js';

/**
 * While there is no authentication, only this machine is served: a host that is not loopback is refused (DNS rebinding). Pages of
 * other origins are kept out by cors-origins.ts.
 */
export function localOnly(request: Request, _response: Response, next: NextFunction): void {
  const host = hostName(authorityOf(request));
  if (host === null || !isLoopback(host)) throw new MillraceError('misdirected_request');
  next();
}

/** The host of `host[:port]`, or null for anything else: user information, spaces, an empty name. */
function hostName(authority: string | undefined): string | null {
  const match = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/.exec(authority ?? '');
  return match ? match[1]!.toLowerCase() : null;
}
