import { MillraceError } from '../protocol/error-code.js';
import { AttemptFailure } from './attempt-failure.js';
import { retryAfter, retryDelay } from './retry-policy.js';
import type { RetryPolicy } from './retry-policy.js';

const policy: RetryPolicy = { maxRetries: 10, baseMs: 500, random: () => 0 };
const failure = (options?: { canRetry?: boolean; retryAfterMs?: number }) =>
  new AttemptFailure(new MillraceError('upstream_unavailable'), options);

describe('retryDelay', () => {
  it('doubles up to 16 times the first wait', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7].map((attempt) => retryDelay(failure(), attempt, policy));
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
  });

  it('spreads each wait by up to a quarter', () => {
    expect(retryDelay(failure(), 1, { ...policy, random: () => 1 })).toBe(375);
  });

  it('ends after the last retry', () => {
    const two = { ...policy, maxRetries: 2 };
    expect(retryDelay(failure(), 2, two)).not.toBeNull();
    expect(retryDelay(failure(), 3, two)).toBeNull();
    expect(retryDelay(failure(), 1, { ...policy, maxRetries: 0 })).toBeNull();
  });

  it('is what the provider asks for, up to a minute', () => {
    expect(retryDelay(failure({ retryAfterMs: 0 }), 1, policy)).toBe(0);
    expect(retryDelay(failure({ retryAfterMs: 60_000 }), 1, policy)).toBe(60_000);
    expect(retryDelay(failure({ retryAfterMs: 60_001 }), 1, policy)).toBeNull();
  });

  it('is none for a failure that stays', () => {
    expect(retryDelay(new AttemptFailure(new MillraceError('upstream_rejected')), 1, policy)).toBeNull();
    expect(retryDelay(failure({ canRetry: false }), 1, policy)).toBeNull();
  });
});

describe('retryAfter', () => {
  const now = Date.parse('Sun, 22 Nov 2026 12:00:00 GMT');
  it.each([
    [{ 'retry-after-ms': '250' }, 250],
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '250', 'retry-after': '2' }, 250],
    [{ 'retry-after-ms': 'soon', 'retry-after': '2' }, 2000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, undefined],
    [{ 'retry-after': '-1' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('reads %j as %s ms', (headers, expected) => {
    expect(retryAfter(new Headers(headers as Record<string, string>), now)).toBe(expected);
  });
});
