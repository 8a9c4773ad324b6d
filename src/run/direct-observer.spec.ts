import { concat, lastValueFrom, NEVER, Observable, of, Subject, throwError, toArray } from 'rxjs';
import { mapped } from '../chat/operators/mapped.js';
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
});

describe('mapped', () => {
  it('maps what comes, and passes ends on', async () => {
    expect(
      await lastValueFrom(
        of(1, 2).pipe(
          mapped((value) => value * 2),
          toArray(),
        ),
      ),
    ).toEqual([2, 4]);
    await expect(lastValueFrom(throwError(() => new Error('no')).pipe(mapped(String)))).rejects.toThrow('no');
  });

  it('fails with what `project` throws, and ends the source', async () => {
    const source = new Subject<number>();
    const failed = lastValueFrom(
      source.pipe(
        mapped(() => {
          throw new Error('no');
        }),
      ),
    );
    source.next(1);
    await expect(failed).rejects.toThrow('no');
    expect(source.observed).toBe(false);
  });

  it('ends the source when it is unsubscribed from', () => {
    let ended = false;
    const source = new Observable<number>(() => () => (ended = true));
    concat(source.pipe(mapped(String)), NEVER)
      .subscribe()
      .unsubscribe();
    expect(ended).toBe(true);
  });
});
