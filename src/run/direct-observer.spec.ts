import { concat, map, Observable, of, Subject, Subscription, throwError, UnsubscriptionError } from 'rxjs';
import { DirectObserver } from './direct-observer.js';

class Recorder extends DirectObserver<string> {
  readonly seen: unknown[] = [];

  protected onNext(value: string): void {
    if (value === 'fault') throw new Error('a fault');
    this.seen.push(value);
  }

  protected onError(error: unknown): void {
    this.seen.push(error);
  }

  protected onComplete(): void {
    this.seen.push('complete');
  }
}

describe('DirectObserver', () => {
  it('is subscribed with as it is: the source is given it, and nothing around it', () => {
    const recorder = new Recorder();
    let given: unknown;
    const source = new Observable<string>((subscriber) => {
      given = subscriber;
    });
    expect(source.subscribe(recorder)).toBe(recorder);
    expect(given).toBe(recorder);
  });

  it.each([
    ['completes', of('a', 'b'), ['a', 'b', 'complete']],
    [
      'fails',
      concat(
        of('a'),
        throwError(() => 'no'),
      ),
      ['a', 'no'],
    ],
    [
      'goes on after its end',
      new Observable<string>((subscriber) => {
        subscriber.complete();
        subscriber.next('late');
        subscriber.error('late');
        subscriber.complete();
      }),
      ['complete'],
    ],
    [
      'throws when it is subscribed to',
      new Observable<string>(() => {
        throw new Error('thrown');
      }),
      [new Error('thrown')],
    ],
  ])('hears of a source that %s what it must', (_, source, expected) => {
    const recorder = new Recorder();
    source.subscribe(recorder);
    expect([recorder.seen, recorder.closed]).toEqual([expected, true]);
  });

  it('ends the source, and hears nothing more, once it is unsubscribed', () => {
    const [recorder, source] = [new Recorder(), new Subject<string>()];
    let ended = false;
    new Observable<string>((subscriber) => {
      source.subscribe(subscriber);
      return () => (ended = true);
    }).subscribe(recorder);
    source.next('a');
    recorder.unsubscribe();
    source.next('b');
    source.complete();
    expect([recorder.seen, ended, source.observed]).toEqual([['a'], true, false]);
  });

  it('leaves what its `onNext` throws to whoever gave the value', () => {
    const [recorder, source] = [new Recorder(), new Subject<string>()];
    source.subscribe(recorder);
    expect(() => source.next('fault')).toThrow('a fault');
  });

  it('does all that was added, each once, also where some of it throws, and what is added late at once', () => {
    const recorder = new Recorder();
    const done: string[] = [];
    const does = (name: string) => () => void done.push(name);
    const removed = does('removed');
    recorder.add(does('first'));
    recorder.add(() => {
      throw new Error('a fault');
    });
    recorder.add(removed);
    recorder.add(new Subscription(does('a subscription')));
    recorder.add(recorder);
    recorder.remove(removed);
    expect(() => recorder.unsubscribe()).toThrow(UnsubscriptionError);
    recorder.unsubscribe();
    recorder.add(does('late'));
    expect(done).toEqual(['first', 'a subscription', 'late']);
  });

  it('is passed on by operators, and ends what stands behind them', () => {
    const [recorder, source] = [new Recorder(), new Subject<string>()];
    source.pipe(map((value) => `${value}!`)).subscribe(recorder);
    source.next('a');
    recorder.unsubscribe();
    expect([recorder.seen, source.observed]).toEqual([['a!'], false]);
  });
});
