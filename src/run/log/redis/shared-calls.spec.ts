import { jest } from '@jest/globals';
import { SharedCalls } from './shared-calls.js';

describe('SharedCalls', () => {
  it('makes one call of equal calls of one turn', async () => {
    const calls = new SharedCalls();
    const make = jest.fn(() => Promise.resolve({}));
    const [one, other] = await Promise.all([calls.share('a', make), calls.share('a', make)]);
    expect(one).toBe(other);
    expect(make).toHaveBeenCalledTimes(1);
    await calls.share('b', make);
    expect(make).toHaveBeenCalledTimes(2);
  });

  it('joins no call that is on its way, whose answer may be from before the question', async () => {
    const calls = new SharedCalls();
    const answers = ['old', 'new'];
    const begun: string[] = [];
    const make = () => {
      const answer = answers.shift()!;
      begun.push(answer);
      return new Promise<string>((resolve) => setImmediate(() => resolve(answer)));
    };
    const first = calls.share('a', make);
    await new Promise((resolve) => process.nextTick(resolve));
    expect(begun).toEqual(['old']);
    expect(await Promise.all([first, calls.share('a', make)])).toEqual(['old', 'new']);
  });

  it('gives a failure to all who share it, and forgets it', async () => {
    const calls = new SharedCalls();
    const fail = () => Promise.reject(new Error('away'));
    const outcomes = await Promise.allSettled([calls.share('a', fail), calls.share('a', fail)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await calls.share('a', () => Promise.resolve('back'))).toBe('back');
  });
});
