import { jest } from '@jest/globals';
import { Watchers } from './watchers.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('[LOG-04] Watchers', () => {
  it('makes one call of all news of one turn, for each run', async () => {
    const watchers = new Watchers(() => undefined);
    const [one, other] = [jest.fn(), jest.fn()];
    watchers.watch('a', one);
    watchers.watch('b', other);
    for (let index = 0; index < 5; index += 1) watchers.notify('a');
    expect(one).not.toHaveBeenCalled();
    await turn();
    expect([one.mock.calls.length, other.mock.calls.length]).toEqual([1, 0]);
  });

  it('tells again of what happens while it tells', async () => {
    const watchers = new Watchers(() => undefined);
    const calls: number[] = [];
    watchers.watch('a', () => {
      calls.push(calls.length);
      if (calls.length < 3) watchers.notify('a');
    });
    watchers.notify('a');
    await turn();
    expect(calls).toEqual([0, 1, 2]);
  });

  it('does not call a watcher that begins while it tells, so that it comes to an end', async () => {
    const watchers = new Watchers(() => undefined);
    let begun = 0;
    const begin = () => {
      begun += 1;
      watchers.watch('a', begin);
    };
    watchers.watch('a', begin);
    watchers.notify('a');
    await turn();
    expect(begun).toBe(1);
  });

  it('lets an old stop harm no one who came later', async () => {
    const watchers = new Watchers(() => undefined);
    const stop = watchers.watch('a', () => undefined);
    stop();
    const later = jest.fn();
    watchers.watch('a', later);
    stop();
    watchers.notify('a');
    await turn();
    expect(later).toHaveBeenCalledTimes(1);
  });

  it('calls nobody after clear', async () => {
    const watchers = new Watchers(() => undefined);
    const advanced = jest.fn();
    watchers.watch('a', advanced);
    watchers.notify('a');
    watchers.clear();
    await turn();
    expect(advanced).not.toHaveBeenCalled();
  });
});
