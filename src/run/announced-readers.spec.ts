import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { AnnouncedReaders } from './announced-readers.js';

const LEASE_SECONDS = 15;
const RENEW_MARK_MS = 5000;
const mark = jest.fn<(runIds: readonly string[]) => Promise<void>>();
const unmark = jest.fn<(runId: string) => Promise<void>>();
const marked = () => Promise.resolve(new Set<string>());

beforeEach(() => {
  jest.useFakeTimers();
  mark.mockReset().mockResolvedValue();
  unmark.mockReset().mockResolvedValue();
  jest.spyOn(Logger.prototype, 'debug').mockImplementation(() => undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('AnnouncedReaders', () => {
  test('[RUN-19] says once that a run is read, renews it with one timer, and takes it back with the last reader', () => {
    const readers = new AnnouncedReaders({ marks: { mark, unmark, marked } }, { LEASE_SECONDS });
    readers.join('a');
    readers.join('a');
    readers.join('b');
    expect(mark.mock.calls).toEqual([[['a']], [['b']]]);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(RENEW_MARK_MS);
    expect(mark.mock.calls[2]).toEqual([['a', 'b']]);
    readers.leave('a');
    expect(unmark).not.toHaveBeenCalled();
    readers.leave('a');
    readers.leave('b');
    expect(unmark.mock.calls).toEqual([['a'], ['b']]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('[RUN-19] tells again what could not be told', async () => {
    const readers = new AnnouncedReaders({ marks: { mark, unmark, marked } }, { LEASE_SECONDS });
    mark.mockRejectedValueOnce(new Error('away'));
    readers.join('a');
    await jest.advanceTimersByTimeAsync(RENEW_MARK_MS);
    expect(mark).toHaveBeenCalledTimes(2);
    readers.onApplicationShutdown();
    expect(jest.getTimerCount()).toBe(0);
  });
});
