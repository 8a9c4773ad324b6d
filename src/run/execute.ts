import { Subscription, type Observable } from 'rxjs';
import type { RunEventBody } from '../protocol/run-event.js';
import type { Outcome } from './terminal-event.js';

/**
 * Runs the work of a run to its end and hands each batch to `write`. Never rejects: how the work ended, or what `write` threw,
 * is the result. An abort ends it at once, with the abort's reason, whatever the work is doing; unsubscribing closes the model
 * call.
 */
export function execute(
  work: Observable<readonly RunEventBody[]>,
  signal: AbortSignal,
  write: (bodies: readonly RunEventBody[]) => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const subscription = new Subscription();
    let failed = false;
    const end = (outcome: Outcome) => {
      signal.removeEventListener('abort', abort);
      subscription.unsubscribe();
      resolve(outcome);
    };
    const abort = () => end({ error: signal.reason });
    const fail = (error: unknown) =>
      queueMicrotask(() => end({ error: signal.aborted ? signal.reason : error }));
    if (signal.aborted) return fail(signal.reason);
    signal.addEventListener('abort', abort);
    subscription.add(
      work.subscribe({
        next: (bodies) => {
          if (failed) return;
          try {
            write(bodies);
          } catch (error) {
            failed = true;
            fail(error);
          }
        },
        error: fail,
        complete: () => queueMicrotask(() => end({})),
      }),
    );
  });
}
