import { Observable } from 'rxjs';
import { AttemptFailure } from './attempt-failure.js';
import type { CallMeter } from './call-meter.js';
import type { ModelDelta } from './model-client.js';
import { retryDelay } from './retry-policy.js';
import type { RetryPolicy } from './retry-policy.js';
import type { AttemptSink } from './stream-attempt.js';

/** Begins an attempt. Returns the function that stops it. */
export type Attempt = (sink: AttemptSink) => () => void;

/**
 * Repeats an attempt that failed before it gave anything. Each repetition is announced by a `retry` delta before the wait. After
 * the first token nothing is repeated, because readers have it. The last failure's own error is the error of the whole. Unsubscribing
 * stops the attempt, and the wait for one.
 */
export function withRetries(
  attempt: Attempt,
  policy: RetryPolicy,
  meter?: CallMeter,
): Observable<readonly ModelDelta[]> {
  return new Observable((subscriber) => {
    let begun = false;
    let stop: (() => void) | undefined;
    let wait: NodeJS.Timeout | undefined;
    let outcome = 'cancelled';

    const end = (error: unknown) => {
      outcome = error instanceof AttemptFailure ? error.error.code : 'internal';
      subscriber.error(error instanceof AttemptFailure ? error.error : error);
    };
    const begin = (number: number): void => {
      stop = attempt({
        deltas: (deltas) => {
          if (!begun) meter?.answering();
          begun = true;
          subscriber.next(deltas);
        },
        ended: () => {
          outcome = 'completed';
          subscriber.complete();
        },
        failed: (failure) => {
          if (begun || !(failure instanceof AttemptFailure)) return end(failure);
          const delay = retryDelay(failure, number, policy);
          if (delay === null) return end(failure);
          meter?.retrying();
          wait = setTimeout(() => tryFrom(number + 1), delay);
          subscriber.next([{ type: 'retry', attempt: number + 1, reason: failure.error.code }]);
        },
      });
    };
    const tryFrom = (number: number): void => {
      try {
        begin(number);
      } catch (error) {
        end(error);
      }
    };
    tryFrom(1);
    return () => {
      clearTimeout(wait);
      stop?.();
      meter?.ended(outcome);
    };
  });
}
