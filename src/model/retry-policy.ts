import type { AttemptFailure } from './attempt-failure.js';

export interface RetryPolicy {
  /** How often a failed request is tried again. */
  maxRetries: number;
  /** The first wait; each further one is twice as long, up to 16 times. */
  baseMs: number;
  /** From 0 up to, not including, 1. Spreads the waits, so that many failed requests do not come back together. */
  random: () => number;
}

/** A provider that asks for a longer wait than this is not waited for: the user should know now. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * The wait before the next attempt, or null when there is none. `attempt` is the number of the one that failed, from 1.
 * Exponential back-off with a jitter of 25 %, as the OpenAI SDK does it; what the provider asks for goes first.
 */
export function retryDelay(failure: AttemptFailure, attempt: number, policy: RetryPolicy): number | null {
  if (!failure.canRetry || attempt > policy.maxRetries) return null;
  if (failure.retryAfterMs !== undefined) {
    return failure.retryAfterMs <= LONGEST_RETRY_AFTER_MS ? failure.retryAfterMs : null;
  }
  return policy.baseMs * Math.min(2 ** (attempt - 1), 16) * (1 - policy.random() * 0.25);
}

/**
 * What the provider asks to wait, in milliseconds: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, section
 * 10.2.3). Undefined when there is neither, or it cannot be read or has passed.
 */
export function retryAfter(headers: Headers, now: number = Date.now()): number | undefined {
  const inMs = numberOf(headers.get('retry-after-ms'));
  if (inMs !== undefined) return inMs;
  const header = headers.get('retry-after');
  const inSeconds = numberOf(header);
  if (inSeconds !== undefined) return inSeconds * 1000;
  const date = header === null ? NaN : Date.parse(header);
  return date >= now ? date - now : undefined;
}

function numberOf(text: string | null): number | undefined {
  if (text === null || !/^\s*\d+(?:\.\d+)?\s*$/.test(text)) return undefined;
  return Number(text);
}
