import { jest } from '@jest/globals';
import { SilenceClock } from './silence-clock.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('SilenceClock', () => {
  test('calls once, when nothing has touched it for that long', () => {
    const clock = new SilenceClock();
    const silent = jest.fn();
    clock.restart(1000, silent);
    for (let touch = 0; touch < 5; touch += 1) {
      jest.advanceTimersByTime(700);
      clock.touch();
    }
    jest.advanceTimersByTime(999);
    expect(silent).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(silent).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(10_000);
    expect(silent).toHaveBeenCalledTimes(1);
  });

  test('begins anew with another time and another callback', () => {
    const clock = new SilenceClock();
    const [first, second] = [jest.fn(), jest.fn()];
    clock.restart(1000, first);
    jest.advanceTimersByTime(900);
    clock.restart(100, second);
    jest.advanceTimersByTime(100);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1]);
  });

  test('holds no timer once it is stopped', () => {
    const clock = new SilenceClock();
    clock.restart(1000, () => undefined);
    clock.touch();
    clock.stop();
    expect(jest.getTimerCount()).toBe(0);
  });
});
