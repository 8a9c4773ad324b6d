import { jest } from '@jest/globals';
import type { RunEvent } from '../../protocol/run-event.js';
import { Watchers } from './watchers.js';

describe('[LOG-04] Watchers', () => {
  it('tells at once, and only those who wait for that run', () => {
    const watchers = new Watchers(() => undefined);
    const [one, another, other] = [jest.fn(), jest.fn(), jest.fn()];
    watchers.watch('a', one);
    watchers.watch('a', another);
    watchers.watch('b', other);
    for (let index = 0; index < 5; index += 1) watchers.notify('a');
    expect([one, another, other].map(({ mock }) => mock.calls.length)).toEqual([5, 5, 0]);
  });

  it('tells again of what happens while it tells', () => {
    const watchers = new Watchers(() => undefined);
    const calls: number[] = [];
    watchers.watch('a', () => {
      calls.push(calls.length);
      if (calls.length < 3) watchers.notify('a');
    });
    watchers.notify('a');
    expect(calls).toEqual([0, 1, 2]);
  });

  it('does not call a watcher that begins while it tells, so that it comes to an end', () => {
    const watchers = new Watchers(() => undefined);
    let begun = 0;
    const begin = () => {
      begun += 1;
      watchers.watch('a', begin);
    };
    watchers.watch('a', begin);
    watchers.notify('a');
    expect(begun).toBe(1);
  });

  it('lets an old stop harm no one who came later', () => {
    const watchers = new Watchers(() => undefined);
    const stop = watchers.watch('a', () => undefined);
    stop();
    const later = jest.fn();
    watchers.watch('a', later);
    stop();
    watchers.notify('a');
    expect(later).toHaveBeenCalledTimes(1);
  });

  it('gives all of them the event that it is given', () => {
    const watchers = new Watchers(() => undefined);
    const [one, other] = [jest.fn(), jest.fn()];
    watchers.watch('a', one);
    watchers.watch('a', other);
    const event = { type: 'warning' } as RunEvent;
    watchers.notify('a', event);
    expect([one.mock.calls[0]![0], other.mock.calls[0]![0]]).toEqual([event, event]);
  });

  it('calls nobody after clear', () => {
    const watchers = new Watchers(() => undefined);
    const advanced = jest.fn();
    watchers.watch('a', advanced);
    watchers.clear();
    watchers.notify('a');
    expect(advanced).not.toHaveBeenCalled();
  });
});
