import { Observable, type Subscriber } from 'rxjs';
import { DirectObserver } from '../../run/direct-observer.js';

/**
 * Observables one after the other, as a generator gives them: each is asked for when the one before has completed, so what it is may
 * depend on what that said. An error of the generator's or of one of them is the error of the whole. Unsubscribing ends both.
 *
 * It stands for a nest of `concat`, `defer` and `repeat`, each of which is a call, and an object a stream, for every batch (decision 11).
 */
export function inTurn<T>(steps: () => AsyncGenerator<Observable<T>, void>): Observable<T> {
  return new Observable((subscriber) => {
    const generator = steps();
    let current: StepObserver<T> | undefined;
    const advance = () => {
      generator.next().then(
        ({ done, value }) => {
          if (subscriber.closed) return;
          if (done) return subscriber.complete();
          current = new StepObserver(subscriber, advance);
          value.subscribe(current);
        },
        (error: unknown) => subscriber.error(error),
      );
    };
    advance();
    return () => {
      current?.unsubscribe();
      // Nobody is left to be told what its cleaning up throws.
      generator.return().catch(() => undefined);
    };
  });
}

class StepObserver<T> extends DirectObserver<T> {
  constructor(
    private readonly subscriber: Subscriber<T>,
    private readonly advance: () => void,
  ) {
    super();
  }

  protected onNext(value: T): void {
    this.subscriber.next(value);
  }

  protected onError(error: unknown): void {
    this.subscriber.error(error);
  }

  protected onComplete(): void {
    this.advance();
  }
}
