import { Subscription, type Observer } from 'rxjs';

/**
 * An observer that is its own subscription. RxJS subscribes with it as it is, because it asks of a subscriber no more than that it is
 * both (`Observable.subscribe`, 7.8); around a plain observer it puts three objects, and three calls for each value, which was a good
 * part of what a chunk that comes by itself cost (decision 11).
 *
 * It keeps the Observable contract: nothing follows an end, and an end unsubscribes. What `onNext` throws reaches whoever gave the value.
 */
export abstract class DirectObserver<T> extends Subscription implements Observer<T> {
  #ended = false;

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

  #ends(): boolean {
    if (this.#ended || this.closed) return false;
    this.#ended = true;
    return true;
  }
}
