import { Subscription, type Observable } from 'rxjs';
import type { RunEventBody } from '../protocol/run-event.js';
import type { Outcome } from './terminal-event.js';

/**
 * Runs the work of a run to its end and hands each batch to `write`. Never rejects: how the work ended is the result. An abort ends it
 * at once, with the abort's reason, whatever the work is doing; what `write` throws is an abort. Unsubscribing closes the model call.
 */
export function execute(
  work: Observable<readonly RunEventBody[]>,
  abort: AbortController,
  write: (bodies: readonly RunEventBody[]) => void,
): Promise<Outcome> {
  const { signal } = abort;
  return new Promise((resolve) => {
    const subscription = new Subscription();
    const end = (outcome: Outcome) => {
      signal.removeEventListener('abort', onAbort);
      subscription.unsubscribe();
      resolve(outcome);
    };
    const onAbort = () => end({ error: signal.reason });
    const fail = (error: unknown) =>
      queueMicrotask(() => end({ error: signal.aborted ? signal.reason : error }));
    if (signal.aborted) return fail(signal.reason);
    signal.addEventListener('abort', onAbort);
    subscription.add(
      work.subscribe({
        next: (bodies) => {
          if (signal.aborted) return;
          try {
            write(bodies);
          } catch (error) {
            // What works for the run is told at once: a tool would be called whose call nobody can read.
            abort.abort(error);
          }
        },
        error: fail,
        complete: () => queueMicrotask(() => end({})),
      }),
    );
  });
}
