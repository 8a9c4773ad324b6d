import { concat, lastValueFrom, NEVER, Observable, of, Subject, take, throwError, toArray } from 'rxjs';
import { inTurn } from './in-turn.js';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('inTurn', () => {
  test('subscribes to one after the other, each once the one before has completed', async () => {
    const [first, second] = [new Subject<string>(), new Subject<string>()];
    const seen: string[] = [];
    let ended = false;
    inTurn(async function* () {
      yield first;
      yield await Promise.resolve(second);
    }).subscribe({ next: (value) => seen.push(value), complete: () => (ended = true) });
    await settled();
    expect([first.observed, second.observed]).toEqual([true, false]);
    first.next('a');
    first.complete();
    await settled();
    second.next('b');
    expect([seen, ended]).toEqual([['a', 'b'], false]);
    second.complete();
    await settled();
    expect(ended).toBe(true);
  });

  test('lets the generator go on with what was said before', async () => {
    const seen: number[] = [];
    const events = inTurn(async function* () {
      await Promise.resolve();
      for (let value = 1; value < 20; value = seen.at(-1)! * 2) yield of(value);
    });
    events.subscribe((value) => seen.push(value));
    await settled();
    expect(seen).toEqual([1, 2, 4, 8, 16]);
  });

  test('is cold: each subscription has a generator of its own, which begins with it', async () => {
    let begun = 0;
    const events = inTurn(async function* () {
      begun += 1;
      yield await Promise.resolve(of(begun));
    }).pipe(toArray());
    expect(begun).toBe(0);
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
    const events = inTurn<string>(async function* () {
      yield await Promise.resolve(of('a'));
      yield failing();
      later = true;
      yield NEVER;
    });
    await expect(lastValueFrom(events)).rejects.toThrow('no');
    expect(later).toBe(false);
  });

  test('ends the one that is at work, and the generator, when it is unsubscribed from', async () => {
    const work = new Subject<string>();
    let cleaned = false;
    const subscription = inTurn(async function* () {
      try {
        yield await Promise.resolve(work);
      } finally {
        cleaned = true;
      }
    }).subscribe();
    await settled();
    subscription.unsubscribe();
    await settled();
    expect([work.observed, cleaned]).toEqual([false, true]);
  });

  test('subscribes to nothing that the generator gives after it was unsubscribed from', async () => {
    const late = new Subject<string>();
    let give = (): void => undefined;
    const subscription = inTurn(async function* () {
      await new Promise<void>((resolve) => (give = resolve));
      yield late;
    }).subscribe();
    subscription.unsubscribe();
    give();
    await settled();
    expect(late.observed).toBe(false);
  });

  test('ends one that goes on after what it said at once was enough', async () => {
    const work = new Subject<string>();
    const seen: string[] = [];
    inTurn(async function* () {
      yield await Promise.resolve(concat(of('a'), work));
    })
      .pipe(take(1))
      .subscribe((value) => seen.push(value));
    await settled();
    expect([seen, work.observed]).toEqual([['a'], false]);
  });
});
