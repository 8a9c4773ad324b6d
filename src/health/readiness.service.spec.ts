import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { readConfig } from '../config/config.js';
import { ReadinessService } from './readiness.service.js';

const up = (): Promise<void> => Promise.resolve();
const down = (): Promise<void> => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1'));

describe('ReadinessService', () => {
  let now = 0;
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });
  const make = (env: Record<string, string> = {}) =>
    new ReadinessService(readConfig({ LOG_LEVEL: 'silent', ...env }));

  it('is ready while every dependency answers', async () => {
    const readiness = make();
    readiness.add({ name: 'database', check: up });
    readiness.add({ name: 'redis', check: up });
    expect(await readiness.report()).toEqual({ status: 'ready', checks: { database: 'up', redis: 'up' } });
  });

  it('names the one that is down, without its error, and recovers with it', async () => {
    const readiness = make();
    let check = down;
    readiness.add({ name: 'database', check: up });
    readiness.add({ name: 'redis', check: () => check() });
    expect(await readiness.report()).toEqual({
      status: 'not_ready',
      checks: { database: 'up', redis: 'down' },
    });
    check = up;
    now += 1000;
    expect((await readiness.report()).status).toBe('ready');
  });

  it('counts a dependency that throws at once as down', async () => {
    const readiness = make();
    readiness.add({
      name: 'redis',
      check() {
        throw new Error('not connected');
      },
    });
    expect((await readiness.report()).checks).toEqual({ redis: 'down' });
  });

  it('counts a dependency that never answers as down', async () => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    const readiness = make();
    readiness.add({ name: 'database', check: () => new Promise(() => undefined) });
    const report = readiness.report();
    await jest.advanceTimersByTimeAsync(2000);
    expect((await report).checks).toEqual({ database: 'down' });
  });

  it('asks at most once a second, however many ask it', async () => {
    const readiness = make();
    let asked = 0;
    readiness.add({
      name: 'database',
      check: () => {
        asked += 1;
        return Promise.resolve();
      },
    });
    await Promise.all(Array.from({ length: 50 }, () => readiness.report()));
    now += 999;
    await readiness.report();
    expect(asked).toBe(1);
    now += 1;
    await readiness.report();
    expect(asked).toBe(2);
  });

  it('is draining from the first moment of a stop, and keeps the stop waiting for the load balancer', async () => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    const readiness = make({ DRAIN_DELAY_SECONDS: '5' });
    readiness.add({ name: 'database', check: up });
    let waited = false;
    const stop = readiness.onModuleDestroy().then(() => (waited = true));
    expect(await readiness.report()).toEqual({ status: 'draining', checks: { database: 'up' } });
    await jest.advanceTimersByTimeAsync(4999);
    expect(waited).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await stop;
    expect(waited).toBe(true);
  });
});
