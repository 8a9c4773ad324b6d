import { jest } from '@jest/globals';
import type { Socket } from 'node:net';
import { ReadLimit } from './read-limit.js';

describe('ReadLimit', () => {
  let resumed: string[];
  const socket = (name: string) =>
    ({ resume: () => resumed.push(name), isPaused: () => name === 'paused' }) as unknown as Socket;
  /** How many of so many reads, one after the other, may be followed by another at once. */
  const allowed = (limit: ReadLimit, reads: number, bytes = 200) =>
    Array.from({ length: reads }, () => limit.allowsNext(bytes)).filter(Boolean).length;

  beforeEach(() => {
    resumed = [];
    jest.useFakeTimers();
    jest.advanceTimersByTime(1000);
  });
  afterEach(() => {
    jest.runOnlyPendingTimers();
    jest.useRealTimers();
  });

  it('lets some reads follow each other, then one in 4 ms', () => {
    const limit = new ReadLimit(socket('a'));
    expect(allowed(limit, 7)).toBe(7);
    for (let wait = 0; wait < 5; wait += 1) {
      expect(limit.allowsNext(200)).toBe(false);
      jest.advanceTimersByTime(4);
      expect(resumed).toHaveLength(wait + 1);
    }
    jest.advanceTimersByTime(1000);
    expect(allowed(limit, 7)).toBe(7);
  });

  it('never holds up a stream of 250 reads a second, and no large read', () => {
    const limit = new ReadLimit(socket('a'));
    for (let read = 0; read < 1000; read += 1) {
      expect(limit.allowsNext(200)).toBe(true);
      jest.advanceTimersByTime(4);
    }
    expect(allowed(limit, 1000, 64 * 1024)).toBe(1000);
    expect(resumed).toEqual([]);
  });

  it('counts nothing while it waits', () => {
    const limit = new ReadLimit(socket('a'));
    expect(allowed(limit, 100)).toBe(7);
    jest.advanceTimersByTime(28);
    expect(resumed).toEqual(['a']);
    expect(allowed(limit, 100)).toBe(6);
  });

  it('leaves a socket paused that somebody else has paused', () => {
    const limits = ['paused', 'b'].map((name) => new ReadLimit(socket(name)));
    for (const limit of limits) allowed(limit, 8);
    jest.advanceTimersByTime(4);
    expect(resumed).toEqual(['b']);
  });

  it('resumes all that wait at once', () => {
    const limits = ['a', 'b'].map((name) => new ReadLimit(socket(name)));
    for (const limit of limits) allowed(limit, 8);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(4);
    expect(resumed).toEqual(['a', 'b']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
