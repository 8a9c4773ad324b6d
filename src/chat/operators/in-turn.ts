import { Observable, type Subscription } from 'rxjs';

/**
 * Observables one after the other, as a generator gives them: each is asked for when the one before has completed, so what it is may
 * depend on what that said. An error of the generator's or of one of them is the error of the whole. Unsubscribing ends both.
 *
 * It stands for a nest of `concat`, `defer` and `repeat`, each of which is a call, and an object a stream, for every batch (decision 11).
 */
export function inTurn<T>(steps: () => AsyncGenerator<Observable<T>, void>): Observable<T> {
  return new Observable((subscriber) => {
    const generator = steps();
    let current: Subscription | undefined;
    const observer = {
      next: (value: T) => subscriber.next(value),
      error: (error: unknown) => subscriber.error(error),
      complete: () => advance(),
    };
    const advance = () => {
      generator.next().then(({ done, value }) => {
        if (subscriber.closed) return;
        if (done) subscriber.complete();
        else current = value.subscribe(observer);
        // What has come at once may have been the end of it.
        if (subscriber.closed) current?.unsubscribe();
      }, observer.error);
    };
    subscriber.add(() => {
      current?.unsubscribe();
      // Nobody is left to be told what its cleaning up throws.
      generator.return().catch(() => undefined);
    });
    advance();
  });
}
