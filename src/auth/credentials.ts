import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal } from './authenticator.js';

/** Longer credentials than any of ours are refused before they are looked at. */
const MAX_CREDENTIAL_LENGTH = 512;

/** The value of a header that may come once. Throws Refusal when it came twice, which proxies and servers read differently. */
export function singleHeader({ headersDistinct }: IncomingMessage, name: string): string | undefined {
  const values = headersDistinct[name] ?? [];
  if (values.length > 1) throw new Refusal('several_credentials');
  return values[0];
}

/**
 * The token of `Authorization: Bearer …` (RFC 6750 §2.1), or undefined without that header. Throws Refusal for another scheme, for
 * what is no token, and for two headers.
 */
export function bearerToken(request: IncomingMessage): string | undefined {
  const header = singleHeader(request, 'authorization');
  if (header === undefined) return undefined;
  const token =
    header.length <= MAX_CREDENTIAL_LENGTH
      ? /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1]
      : undefined;
  if (token === undefined) throw new Refusal('malformed_credential');
  return token;
}

/** Compares two secrets in a time that tells neither where they differ nor how long they are. */
export function secretsEqual(given: string, expected: string): boolean {
  return timingSafeEqual(sha256(given), sha256(expected));
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
