import { defer, Observable } from 'rxjs';
import { AttemptFailure } from './attempt-failure.js';
import type { ModelDelta } from './model-client.js';
import { retryDelay } from './retry-policy.js';
import type { RetryPolicy } from './retry-policy.js';

type Deltas = readonly ModelDelta[];

/**
 * Repeats an attempt that failed before it gave anything. Each repetition is announced by a `retry` delta before the wait. After
 * the first token nothing is repeated, because readers have it. The last failure's own error is the error of the whole.
 */
export function withRetries(attemptOnce: () => Observable<Deltas>, policy: RetryPolicy): Observable<Deltas> {
  return new Observable((subscriber) => {
    let begun = false;
    const tryFrom = (attempt: number): void => {
      const trying = defer(attemptOnce).subscribe({
        next: (deltas) => {
          begun = true;
          subscriber.next(deltas);
        },
        complete: () => subscriber.complete(),
        error: (failure: unknown) => {
          if (!(failure instanceof AttemptFailure)) return subscriber.error(failure);
          const delay = begun ? null : retryDelay(failure, attempt, policy);
          if (delay === null) return subscriber.error(failure.error);
          subscriber.next([{ type: 'retry', attempt: attempt + 1, reason: failure.error.code }]);
          const wait = setTimeout(() => tryFrom(attempt + 1), delay);
          subscriber.add(() => clearTimeout(wait));
        },
      });
      subscriber.add(trying);
    };
    tryFrom(1);
  });
}
