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

  describe('and other instances', () => {
    let elsewhere: boolean | Error;
    const ask = jest.fn(() =>
      elsewhere instanceof Error ? Promise.reject(elsewhere) : Promise.resolve(elsewhere),
    );
    const gone = jest.fn();
    let readers: Readers;
    beforeEach(() => {
      elsewhere = false;
      jest.clearAllMocks();
      readers = new Readers(5000, gone, ask);
      readers.join();
      readers.leave();
    });

    test('[RUN-19] they are asked before the run ends, and it ends when they know of none', async () => {
      await jest.advanceTimersByTimeAsync(5000);
      expect([ask.mock.calls.length, gone.mock.calls.length]).toEqual([1, 1]);
    });

    test('[RUN-19] a reader there keeps the run, and the grace time begins when the last one leaves', async () => {
      elsewhere = true;
      await jest.advanceTimersByTimeAsync(60_000);
      expect([ask.mock.calls.length, gone.mock.calls.length]).toEqual([1, 0]);
      elsewhere = false;
      readers.setElsewhere(false);
      await jest.advanceTimersByTimeAsync(4999);
      expect(gone).not.toHaveBeenCalled();
      await jest.advanceTimersByTimeAsync(1);
      expect(gone).toHaveBeenCalledTimes(1);
    });

    test('[RUN-19] one that comes there, or here, ends the grace time', async () => {
      await jest.advanceTimersByTimeAsync(4000);
      readers.setElsewhere(true);
      await jest.advanceTimersByTimeAsync(60_000);
      readers.setElsewhere(false);
      await jest.advanceTimersByTimeAsync(4000);
      readers.join();
      await jest.advanceTimersByTimeAsync(60_000);
      expect([ask.mock.calls.length, gone.mock.calls.length]).toEqual([0, 0]);
    });

    test('[RUN-19] one that comes here while they are asked is not overlooked', async () => {
      await jest.advanceTimersByTimeAsync(4999);
      jest.advanceTimersByTime(1);
      readers.join();
      await jest.advanceTimersByTimeAsync(60_000);
      expect([ask.mock.calls.length, gone.mock.calls.length]).toEqual([1, 0]);
    });

    test('[RUN-19] while nobody can tell, the run goes on', async () => {
      elsewhere = new Error('away');
      await jest.advanceTimersByTimeAsync(60_000);
      expect(gone).not.toHaveBeenCalled();
      elsewhere = false;
      readers.setElsewhere(false);
      await jest.advanceTimersByTimeAsync(5000);
      expect(gone).toHaveBeenCalledTimes(1);
    });
  });
});
