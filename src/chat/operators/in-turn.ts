import { Observable, type Subscriber, type Unsubscribable } from 'rxjs';
import { DirectObserver } from '../../run/direct-observer.js';

type Steps<T> = Generator<Observable<T>, void>;

/**
 * Observables one after the other, as a generator gives them: each is asked for when the one before has completed, so what it is may
 * depend on what that said. An error of `begin`, of the generator or of one of them is the error of the whole. Unsubscribing ends both.
 *
 * It stands for a nest of `concat`, `defer` and `repeat`, each of which is a call, and an object a stream, for every batch (decision 11).
 *
 * @param begin called for each subscription: what has to be waited for before the generator, which waits for nothing
 */
export function inTurn<T>(begin: () => Promise<Steps<T>>): Observable<T> {
  return new Observable((subscriber) => {
    const turn = new Turn(subscriber);
    begin()
      .then((steps) => turn.begin(steps))
      .catch((error: unknown) => subscriber.error(error));
    return turn;
  });
}

class Turn<T> implements Unsubscribable {
  #steps: Steps<T> | undefined;
  #current: StepObserver<T> | undefined;
  #advancing = false;
  #completed = false;

  constructor(private readonly subscriber: Subscriber<T>) {}

  begin(steps: Steps<T>): void {
    this.#steps = steps;
    this.advance();
  }

  /** A loop, because what completes at once would be a deeper stack each. */
  advance(): void {
    this.#completed = true;
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      while (this.#completed && !this.subscriber.closed) {
        this.#completed = false;
        this.#next();
      }
    } catch (error) {
      this.subscriber.error(error);
    } finally {
      this.#advancing = false;
    }
  }

  unsubscribe(): void {
    this.#current?.unsubscribe();
    try {
      this.#steps?.return();
    } catch {
      // Nobody is left to be told what its cleaning up throws.
    }
  }

  #next(): void {
    const next = this.#steps!.next();
    // What the generator did may have ended it all, when it could not be ended itself because it was running.
    if (this.subscriber.closed) return void this.#steps!.return();
    if (next.done) return this.subscriber.complete();
    this.#current = new StepObserver(this.subscriber, this);
    next.value.subscribe(this.#current);
  }
}

class StepObserver<T> extends DirectObserver<T> {
  constructor(
    private readonly subscriber: Subscriber<T>,
    private readonly turn: Turn<T>,
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
    this.turn.advance();
  }
}
