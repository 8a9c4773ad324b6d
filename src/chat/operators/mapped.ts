import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { DirectObserver } from '../../run/direct-observer.js';

/** RxJS's `map`, with one call for each value. What `project` throws is the error of the result. */
export function mapped<T, R>(project: (value: T) => R): OperatorFunction<T, R> {
  return (source) =>
    new Observable((subscriber) => source.subscribe(new MappingObserver(project, subscriber)));
}

class MappingObserver<T, R> extends DirectObserver<T> {
  constructor(
    private readonly project: (value: T) => R,
    private readonly subscriber: Subscriber<R>,
  ) {
    super();
  }

  protected onNext(value: T): void {
    let result: R;
    try {
      result = this.project(value);
    } catch (error) {
      return this.subscriber.error(error);
    }
    this.subscriber.next(result);
  }

  protected onError(error: unknown): void {
    this.subscriber.error(error);
  }

  protected onComplete(): void {
    this.subscriber.complete();
  }
}
