import { Observable, type Subscriber } from 'rxjs';
import { AttemptFailure } from './attempt-failure.js';
import type { CallMeter } from './call-meter.js';
import type { ModelDelta } from './model-client.js';
import { retryDelay } from './retry-policy.js';
import type { RetryPolicy } from './retry-policy.js';
import type { AttemptSink } from './stream-attempt.js';

/** Begins an attempt, which `stop` stops. */
export type Attempt = (sink: AttemptSink) => { stop(): void };

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
    const call = new RetriedCall(attempt, policy, meter, subscriber);
    call.begin(1);
    return () => call.stop();
  });
}

class RetriedCall implements AttemptSink {
  #number = 0;
  #begun = false;
  #current: { stop(): void } | undefined;
  #wait: NodeJS.Timeout | undefined;
  #outcome = 'cancelled';

  constructor(
    private readonly attempt: Attempt,
    private readonly policy: RetryPolicy,
    private readonly meter: CallMeter | undefined,
    private readonly subscriber: Subscriber<readonly ModelDelta[]>,
  ) {}

  begin(number: number): void {
    this.#number = number;
    try {
      this.#current = this.attempt(this);
    } catch (error) {
      this.#end(error);
    }
  }

  stop(): void {
    clearTimeout(this.#wait);
    this.#current?.stop();
    this.meter?.ended(this.#outcome);
  }

  deltas(deltas: readonly ModelDelta[]): void {
    if (!this.#begun) this.meter?.answering();
    this.#begun = true;
    this.subscriber.next(deltas);
  }

  ended(): void {
    this.#outcome = 'completed';
    this.subscriber.complete();
  }

  failed(failure: unknown): void {
    if (this.#begun || !(failure instanceof AttemptFailure)) return this.#end(failure);
    const delay = retryDelay(failure, this.#number, this.policy);
    if (delay === null) return this.#end(failure);
    this.meter?.retrying();
    const next = this.#number + 1;
    this.#wait = setTimeout(() => this.begin(next), delay);
    this.subscriber.next([{ type: 'retry', attempt: next, reason: failure.error.code }]);
  }

  #end(error: unknown): void {
    this.#outcome = error instanceof AttemptFailure ? error.error.code : 'internal';
    this.subscriber.error(error instanceof AttemptFailure ? error.error : error);
  }
}
