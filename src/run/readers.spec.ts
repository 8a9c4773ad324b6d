import { jest } from '@jest/globals';
import { Readers } from './readers.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('Readers', () => {
  test('[RUN-16] the grace time begins when the last reader leaves', () => {
    const gone = jest.fn();
    const readers = new Readers(5000, gone);
    readers.join();
    readers.join();
    readers.leave();
    jest.advanceTimersByTime(60_000);
    expect(gone).not.toHaveBeenCalled();
    readers.leave();
    jest.advanceTimersByTime(4999);
    expect(gone).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(gone).toHaveBeenCalledTimes(1);
  });

  test('[RUN-16] it ends when any reader comes, and begins anew', () => {
    const gone = jest.fn();
    const readers = new Readers(5000, gone);
    readers.join();
    for (let round = 0; round < 5; round += 1) {
      readers.leave();
      jest.advanceTimersByTime(4000);
      readers.join();
      jest.advanceTimersByTime(4000);
    }
    expect(gone).not.toHaveBeenCalled();
    readers.leave();
    jest.advanceTimersByTime(5000);
    expect(gone).toHaveBeenCalledTimes(1);
  });

  test('[RUN-16] nobody is waited for once the run has ended', () => {
    const gone = jest.fn();
    const readers = new Readers(5000, gone);
    readers.join();
    readers.leave();
    readers.dispose();
    readers.join();
    readers.leave();
    jest.advanceTimersByTime(60_000);
    expect(gone).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(0);
  });
});
