import { TestClock } from './contract/test-clock.js';
import { Retention, systemClock } from './retention.js';

describe('[LOG-03] Retention', () => {
  let clock: TestClock;
  let ended: string[];
  let retention: Retention;
  beforeEach(() => {
    clock = new TestClock();
    ended = [];
    retention = new Retention(100, clock, (id) => ended.push(id));
  });

  it('ends each when its own time is over', () => {
    retention.begin('a');
    clock.advance(40);
    retention.begin('b');
    clock.advance(59);
    expect(ended).toEqual([]);
    clock.advance(1);
    expect(ended).toEqual(['a']);
    clock.advance(40);
    expect(ended).toEqual(['a', 'b']);
    expect(clock.timers).toBe(0);
  });

  it('counts anew when one is begun again', () => {
    retention.begin('a');
    clock.advance(90);
    retention.begin('a');
    clock.advance(90);
    expect(ended).toEqual([]);
    clock.advance(10);
    expect(ended).toEqual(['a']);
  });

  it('does not end what was cancelled, and needs no timer for nothing', () => {
    retention.begin('a');
    retention.begin('b');
    retention.cancel('a');
    expect(clock.timers).toBe(1);
    clock.advance(1_000);
    expect(ended).toEqual(['b']);
    retention.begin('c');
    retention.cancel('c');
    expect(clock.timers).toBe(0);
  });

  it('goes on when an end begins another', () => {
    const again = new Retention(100, clock, (id) => {
      ended.push(id);
      if (ended.length < 3) again.begin(id);
    });
    again.begin('a');
    clock.advance(1_000);
    expect(ended).toEqual(['a', 'a', 'a']);
    expect(clock.timers).toBe(0);
  });

  it('waits on when a timer comes too early', () => {
    const early: (() => void)[] = [];
    let now = 0;
    const hasty = {
      now: () => now,
      after: (_: number, run: () => void) => (early.push(run), () => undefined),
    };
    const patient = new Retention(100, hasty, (id) => ended.push(id));
    patient.begin('a');
    now = 99;
    early.shift()!();
    expect(ended).toEqual([]);
    now = 100;
    early.shift()!();
    expect(ended).toEqual(['a']);
  });
});

describe('systemClock', () => {
  it('does not fire at once for a time that timers cannot count', async () => {
    let fired = false;
    const stop = systemClock.after(2 ** 31, () => (fired = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(fired).toBe(false);
    stop();
  });

  it('fires, and can be stopped before', async () => {
    const fired: string[] = [];
    systemClock.after(1, () => fired.push('stopped'))();
    await new Promise<void>((resolve) => {
      systemClock.after(1, () => (fired.push('fired'), resolve()));
      setTimeout(resolve, 10_000).unref();
    });
    expect(fired).toEqual(['fired']);
  });
});
