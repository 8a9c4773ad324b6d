import { UnsubscriptionError, type Observer, type SubscriptionLike, type TeardownLogic } from 'rxjs';

type Teardown = Exclude<TeardownLogic, void>;

const NONE: readonly Teardown[] = [];

/**
 * An observer that is its own subscription. RxJS subscribes with it as it is, because it asks of a subscriber no more than that it is
 * both (`Observable.subscribe`, 7.8); around a plain observer it puts three objects, and three calls for each value, which was a good
 * part of what a chunk that comes by itself cost (decision 11).
 *
 * Unlike a Subscription it is not told when what was added to it has ended: it is for the few that stand behind one stream, and not for
 * many one after the other.
 *
 * It keeps the Observable contract: nothing follows an end, and an end unsubscribes. What `onNext` throws reaches whoever gave the value.
 */
export abstract class DirectObserver<T> implements Observer<T>, SubscriptionLike {
  closed = false;
  #ended = false;
  /** Mostly there is one, and a list of any would be given room for 17. */
  #teardown: Teardown | undefined;
  #others = NONE;

  protected abstract onNext(value: T): void;
  protected abstract onError(error: unknown): void;
  protected abstract onComplete(): void;

  next(value: T): void {
    if (!this.#ended && !this.closed) this.onNext(value);
  }

  error(error: unknown): void {
    if (!this.#ends()) return;
    try {
      this.onError(error);
    } finally {
      this.unsubscribe();
    }
  }

  complete(): void {
    if (!this.#ends()) return;
    try {
      this.onComplete();
    } finally {
      this.unsubscribe();
    }
  }

  /** What is done when this is unsubscribed, or at once if it is. RxJS gives an observer that it was passed on to itself. */
  add(teardown: TeardownLogic): void {
    if (!teardown || teardown === this) return;
    if (this.closed) tearDown(teardown);
    else if (this.#teardown) this.#others = this.#others.concat(teardown);
    else this.#teardown = teardown;
  }

  remove(teardown: Teardown): void {
    if (this.#teardown === teardown) this.#teardown = undefined;
    else this.#others = this.#others.filter((other) => other !== teardown);
  }

  /** Does everything that was added. Throws an UnsubscriptionError, after all of it, where some of it threw. */
  unsubscribe(): void {
    if (this.closed) return;
    this.closed = true;
    const teardowns = [this.#teardown, ...this.#others];
    this.#teardown = undefined;
    this.#others = NONE;
    const errors: unknown[] = [];
    for (const teardown of teardowns) {
      try {
        if (teardown) tearDown(teardown);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new UnsubscriptionError(errors);
  }

  #ends(): boolean {
    if (this.#ended || this.closed) return false;
    this.#ended = true;
    return true;
  }
}

function tearDown(teardown: Teardown): void {
  if (typeof teardown === 'function') teardown();
  else teardown.unsubscribe();
}
