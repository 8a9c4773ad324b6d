import { concat, lastValueFrom, NEVER, Observable, of, Subject, take, throwError, toArray } from 'rxjs';
import { inTurn } from './in-turn.js';

const settled = () => new Promise((resolve) => setImmediate(resolve));
/** A generator that has nothing to wait for. */
const begun =
  <T>(steps: () => Generator<Observable<T>, void>) =>
  () =>
    Promise.resolve(steps());

describe('inTurn', () => {
  test('subscribes to one after the other, each once the one before has completed', async () => {
    const [first, second] = [new Subject<string>(), new Subject<string>()];
    const seen: string[] = [];
    let ended = false;
    inTurn(
      begun(function* () {
        yield first;
        yield second;
      }),
    ).subscribe({ next: (value) => seen.push(value), complete: () => (ended = true) });
    await settled();
    expect([first.observed, second.observed]).toEqual([true, false]);
    first.next('a');
    first.complete();
    expect([first.observed, second.observed]).toEqual([false, true]);
    second.next('b');
    expect([seen, ended]).toEqual([['a', 'b'], false]);
    second.complete();
    expect(ended).toBe(true);
  });

  test('lets the generator go on with what was said before, however many complete at once', async () => {
    const seen: number[] = [];
    const events = inTurn(
      begun(function* () {
        for (let value = 1; value < 50_000; value = seen.at(-1)! + 1) yield of(value);
      }),
    );
    events.subscribe((value) => seen.push(value));
    await settled();
    expect(seen).toHaveLength(49_999);
  });

  test('is cold: each subscription has a generator of its own, which begins with it', async () => {
    let count = 0;
    const events = inTurn(() => {
      count += 1;
      return begun(function* () {
        yield of(count);
      })();
    }).pipe(toArray());
    expect(count).toBe(0);
    expect([await lastValueFrom(events), await lastValueFrom(events)]).toEqual([[1], [2]]);
  });

  test.each([
    ['of one of them', () => throwError(() => new Error('no'))],
    [
      'of the generator',
      () => {
        throw new Error('no');
      },
    ],
  ])('ends with an error %s, and nothing follows', async (_, failing: () => Observable<string>) => {
    let later = false;
    const events = inTurn<string>(
      begun(function* () {
        yield of('a');
        yield failing();
        later = true;
        yield NEVER;
      }),
    );
    await expect(lastValueFrom(events)).rejects.toThrow('no');
    expect(later).toBe(false);
  });

  test('ends with the error of its beginning', async () => {
    const events = inTurn<string>(() => Promise.reject(new Error('no')));
    await expect(lastValueFrom(events)).rejects.toThrow('no');
  });

  test('ends the one that is at work, and the generator, when it is unsubscribed from', async () => {
    const work = new Subject<string>();
    let cleaned = false;
    const subscription = inTurn(
      begun(function* () {
        try {
          yield work;
        } finally {
          cleaned = true;
        }
      }),
    ).subscribe();
    await settled();
    subscription.unsubscribe();
    expect([work.observed, cleaned]).toEqual([false, true]);
  });

  test('subscribes to nothing when it was unsubscribed from before it began', async () => {
    const late = new Subject<string>();
    let asked = false;
    const subscription = inTurn(
      begun(function* () {
        asked = true;
        yield late;
      }),
    ).subscribe();
    subscription.unsubscribe();
    await settled();
    expect([asked, late.observed]).toEqual([false, false]);
  });

  test('a generator that is unsubscribed from while it runs is ended, and what it gives is not subscribed to', async () => {
    const late = new Subject<string>();
    let cleaned = false;
    const subscription = inTurn(
      begun(function* () {
        try {
          subscription.unsubscribe();
          yield late;
        } finally {
          cleaned = true;
        }
      }),
    ).subscribe();
    await settled();
    expect([late.observed, cleaned]).toEqual([false, true]);
  });

  test('what is thrown by a subscription to one is the error of the whole, also where it comes after another', async () => {
    const first = new Subject<string>();
    const broken = new Observable<string>();
    broken.subscribe = () => {
      throw new Error('no');
    };
    const ended = lastValueFrom(
      inTurn(
        begun(function* () {
          yield first;
          yield broken;
        }),
      ),
    );
    await settled();
    first.complete();
    await expect(ended).rejects.toThrow('no');
  });

  test('ends one that goes on after what it said at once was enough', async () => {
    const work = new Subject<string>();
    const seen: string[] = [];
    inTurn(
      begun(function* () {
        yield concat(of('a'), work);
      }),
    )
      .pipe(take(1))
      .subscribe((value) => seen.push(value));
    await settled();
    expect([seen, work.observed]).toEqual([['a'], false]);
  });
});
