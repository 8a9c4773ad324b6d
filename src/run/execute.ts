import { Observable, tap } from 'rxjs';
import type { RunEventBody } from '../protocol/run-event.js';
import type { Outcome } from './terminal-event.js';

/**
 * Runs the work of a run to its end and hands each batch to `write`. Never rejects: how the work ended, or what `write` threw,
 * is the result. An abort
 * ends it at once, with the abort's reason, whatever the work is doing; unsubscribing closes the model call.
 */
export function execute(
  work: Observable<readonly RunEventBody[]>,
  signal: AbortSignal,
  write: (bodies: readonly RunEventBody[]) => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const end = (outcome: Outcome) => {
      signal.removeEventListener('abort', abort);
      subscription.unsubscribe();
      resolve(outcome);
    };
    const abort = () => end({ error: signal.reason });
    const subscription = new Observable<readonly RunEventBody[]>((subscriber) =>
      signal.aborted ? subscriber.error(signal.reason) : work.pipe(tap(write)).subscribe(subscriber),
    ).subscribe({
      error: (error: unknown) => queueMicrotask(() => end({ error: signal.aborted ? signal.reason : error })),
      complete: () => queueMicrotask(() => end({})),
    });
    signal.addEventListener('abort', abort);
  });
}
