import { catchError, concat, defer, ignoreElements, of, tap, throwError, timer } from 'rxjs';
import type { Observable } from 'rxjs';
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
  return defer(() => {
    let begun = false;
    const tryFrom = (attempt: number): Observable<Deltas> =>
      attemptOnce().pipe(
        tap(() => (begun = true)),
        catchError((failure: unknown) => {
          if (!(failure instanceof AttemptFailure)) return throwError(() => failure);
          const delay = begun ? null : retryDelay(failure, attempt, policy);
          if (delay === null) return throwError(() => failure.error);
          const retry: ModelDelta = { type: 'retry', attempt: attempt + 1, reason: failure.error.code };
          const wait = timer(delay).pipe(ignoreElements());
          return concat(
            of([retry]),
            wait,
            defer(() => tryFrom(attempt + 1)),
          );
        }),
      );
    return tryFrom(1);
  });
}
