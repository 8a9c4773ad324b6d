import { Observable } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';

/** Ends the source with the signal's reason as its error as soon as the signal aborts. An aborted signal subscribes to nothing. */
export function untilAborted<T>(signal: AbortSignal): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const abort = () => subscriber.error(signal.reason);
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      subscriber.add(() => signal.removeEventListener('abort', abort));
      subscriber.add(source.subscribe(subscriber));
      return undefined;
    });
}
