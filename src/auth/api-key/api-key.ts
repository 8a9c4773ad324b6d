import { randomBytes } from 'node:crypto';
import { sha256 } from '../credentials.js';

const PATTERN = /^mr_([0-9a-f]{16})_[0-9a-f]{64}$/;

/** Finds one of our keys anywhere in a text. */
export const API_KEY_IN_TEXT = /mr_[0-9a-f]{16}_[0-9a-f]{64}/;

/** A new key: `mr_`, its public id, and 256 random bits. The hash is what is stored. */
export function makeApiKey(): { id: string; key: string; hash: string } {
  const id = randomBytes(8).toString('hex');
  const key = `mr_${id}_${randomBytes(32).toString('hex')}`;
  return { id, key, hash: hashApiKey(key) };
}

/** The public id in a key, or null when the text is no key. */
export function apiKeyId(key: string): string | null {
  return PATTERN.exec(key)?.[1] ?? null;
}

/** SHA-256 in hex. A key is 256 random bits, so that nothing slower is needed to keep it from being guessed. */
export function hashApiKey(key: string): string {
  return sha256(key).toString('hex');
}
