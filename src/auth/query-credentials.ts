import type { NextFunction, Request, Response } from 'express';
import { MillraceError } from '../protocol/error-code.js';
import { API_KEY_IN_TEXT } from './api-key/api-key.js';

/** Names under which people put credentials into addresses, without case and separators. */
const NAMES = new Set([
  'accesstoken',
  'apikey',
  'authorization',
  'authtoken',
  'bearer',
  'gatewaysecret',
  'token',
  'xapikey',
  'xgatewaysecret',
]);

/**
 * Refuses credentials in the address, in every mode: addresses are kept in histories and in the logs of every proxy (RFC 9700
 * §4.3.2).
 * @throws MillraceError `credential_in_url`
 */
export function refuseQueryCredentials(request: Request, _response: Response, next: NextFunction): void {
  const start = request.url.indexOf('?');
  if (start !== -1) {
    const query = new URLSearchParams(request.url.slice(start + 1));
    for (const [name, value] of query) {
      const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
      if (NAMES.has(plain) || API_KEY_IN_TEXT.test(value) || API_KEY_IN_TEXT.test(name))
        throw new MillraceError('credential_in_url');
    }
  }
  next();
}
