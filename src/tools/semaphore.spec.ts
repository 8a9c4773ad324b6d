import { Semaphore } from './semaphore.js';

const never = new AbortController().signal;

describe('Semaphore', () => {
  it('lets holders in up to its limit, the others in their order', async () => {
    const semaphore = new Semaphore(2);
    const order: string[] = [];
    const enter = async (name: string): Promise<() => void> => {
      const release = await semaphore.acquire(never);
      order.push(name);
      return release;
    };
    const [first, second] = await Promise.all([enter('a'), enter('b')]);
    const [third, fourth] = [enter('c'), enter('d')];
    await Promise.resolve();
    expect(order).toEqual(['a', 'b']);
    first();
    first();
    await third;
    expect(order).toEqual(['a', 'b', 'c']);
    second();
    await fourth;
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  it('forgets one that is aborted while it waits', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire(never);
    const leaving = new AbortController();
    const left = semaphore.acquire(leaving.signal);
    const next = semaphore.acquire(never);
    const reason = new Error('gone');
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    release();
    (await next)();
    await expect(semaphore.acquire(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
