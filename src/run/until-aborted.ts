import { Observable, type MonoTypeOperatorFunction } from 'rxjs';

/** Ends with the signal's reason as its error as soon as it aborts, whatever the source is doing. */
export function untilAborted<T>(signal: AbortSignal): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable<T>((subscriber) => {
      const abort = () => subscriber.error(signal.reason);
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      subscriber.add(() => signal.removeEventListener('abort', abort));
      subscriber.add(source.subscribe(subscriber));
      return undefined;
    });
}
