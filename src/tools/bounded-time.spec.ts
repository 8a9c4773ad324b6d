import { isOutOfTime, withinTime } from './bounded-time.js';

const outcome = (work: () => unknown): unknown => {
  try {
    return withinTime(20, work);
  } catch (error) {
    return isOutOfTime(error) ? 'out of time' : error;
  }
};

/** Waits without using the processor, as a thread does that has to wait for its turn. */
const sleep = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('withinTime', () => {
  it('gives what the work gives, undefined included', () => {
    expect(withinTime(20, () => ({ a: 1 }))).toEqual({ a: 1 });
    expect(withinTime(20, () => undefined)).toBeUndefined();
  });

  it('throws what the work throws', () => {
    const error = new Error('mine');
    const fail = (): never => {
      throw error;
    };
    expect(outcome(fail)).toBe(error);
  });

  it('stops a regular expression and a loop that do not end', () => {
    expect(outcome(() => /^(a+)+$/.test(`${'a'.repeat(50)}!`))).toBe('out of time');
    expect(
      outcome(() => {
        for (;;);
      }),
    ).toBe('out of time');
    expect(withinTime(20, () => 'works again')).toBe('works again');
  });

  it('begins again when the time passed without the work', () => {
    let attempts = 0;
    const work = () => {
      attempts += 1;
      if (attempts < 3) sleep(60);
      return 'done';
    };
    expect(outcome(work)).toBe('done');
    // A busy machine takes the time of further attempts.
    expect(attempts).toBeGreaterThanOrEqual(3);
  });
});
