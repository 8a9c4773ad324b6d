import { CircuitBreaker } from './circuit-breaker.js';

describe('CircuitBreaker', () => {
  let now = 0;
  const make = (): CircuitBreaker => {
    now = 1000;
    return new CircuitBreaker(3, 500, () => now);
  };
  const failTimes = (breaker: CircuitBreaker, times: number): void => {
    for (let count = 0; count < times; count += 1) {
      expect(breaker.enter()).toBe(0);
      breaker.failed();
    }
  };

  it('opens after failures in a row, not in all', () => {
    const breaker = make();
    failTimes(breaker, 2);
    breaker.succeeded();
    failTimes(breaker, 3);
    expect(breaker.enter()).toBe(500);
    now += 200;
    expect(breaker.enter()).toBe(300);
  });

  it('lets one attempt through after its time, which decides', () => {
    const breaker = make();
    failTimes(breaker, 3);
    now += 500;
    expect(breaker.enter()).toBe(0);
    expect(breaker.enter()).toBe(500);
    breaker.failed();
    expect(breaker.enter()).toBe(500);
    now += 500;
    expect(breaker.enter()).toBe(0);
    breaker.succeeded();
    expect([breaker.enter(), breaker.enter()]).toEqual([0, 0]);
  });

  it('lets the next one through when that attempt was given up', () => {
    const breaker = make();
    failTimes(breaker, 3);
    now += 500;
    expect(breaker.enter()).toBe(0);
    breaker.abandoned();
    expect(breaker.enter()).toBe(0);
  });
});
