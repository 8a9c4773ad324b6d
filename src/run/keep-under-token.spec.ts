import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { keepUnderToken } from './keep-under-token.js';
import { FencedError } from './log/run-log.js';
import { RunCancelled, RunInterrupted } from './run-cancelled.js';

const never = () => new AbortController().signal;
const tokenOf = (take: () => Promise<void> = () => Promise.resolve()) => ({ runId: 'run', epoch: 1, take });

beforeEach(() => void jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined));
afterEach(() => jest.restoreAllMocks());

describe('[GRAPH-10] what a run keeps besides its events', () => {
  test('is written while the database is away, until it is there', async () => {
    const answers = [new Error('away'), new Error('away'), true];
    const seen: number[] = [];
    await keepUnderToken(tokenOf(), never(), (epoch) => {
      seen.push(epoch);
      const answer = answers[seen.length - 1];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer!);
    });
    expect(seen).toEqual([1, 1, 1]);
  });

  test('is written anew when the run itself moved to another epoch', async () => {
    const token = tokenOf(() => {
      token.epoch = 2;
      return Promise.resolve();
    });
    const seen: number[] = [];
    await keepUnderToken(token, never(), (epoch) => Promise.resolve(seen.push(epoch) === 2));
    expect(seen).toEqual([1, 2]);
  });

  test('is not written when the run is another instance’s: this one is interrupted', async () => {
    const token = tokenOf(() => Promise.reject(new FencedError('taken')));
    const kept = keepUnderToken(token, never(), () => Promise.resolve(false));
    await expect(kept).rejects.toBeInstanceOf(RunInterrupted);
  });

  test('is given up when the run is stopped', async () => {
    const abort = new AbortController();
    const reason = new RunCancelled('user');
    const kept = keepUnderToken(tokenOf(), abort.signal, () => {
      queueMicrotask(() => abort.abort(reason));
      return Promise.reject(new Error('away'));
    });
    await expect(kept).rejects.toBe(reason);
  });
});
