import { DATABASE } from '../../src/database/database.module.js';
import { ReadinessService } from '../../src/health/readiness.service.js';
import { missingRedis, RedisProcess } from '../../src/run/log/redis/testing/redis-process.js';
import { send } from '../support/http-client.js';
import { startInProcess, type InProcessApp } from '../support/in-process-app.js';
import { startServer } from '../support/server.js';

const get = (url: string, path: string, method = 'GET') => send(url, { method, path });

describe('health', () => {
  let site: InProcessApp;
  beforeEach(async () => {
    site = await startInProcess({});
  });
  afterEach(() => site.close().catch(() => undefined));

  it('is alive and ready, and is never cached', async () => {
    for (const [path, body] of [
      ['/health/live', { status: 'alive' }],
      ['/health/ready', { status: 'ready', checks: { database: 'up' } }],
    ] as const) {
      const answer = await get(site.url, path);
      expect({ status: answer.status, body: JSON.parse(answer.body) }).toEqual({ status: 200, body });
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(await get(site.url, path, 'HEAD')).toMatchObject({ status: 200, body: '' });
    }
  });

  it('[RUN-20] says what its stores survive', async () => {
    const { status, body } = await get(site.url, '/health');
    expect({ status, body: JSON.parse(body) }).toEqual({
      status: 200,
      body: {
        status: 'healthy',
        app_name: 'Millrace',
        version: expect.any(String) as string,
        stores: {
          database: 'SQLite in memory: everything is lost with the process',
          log: expect.stringMatching(/^In memory: live logs are lost/) as string,
        },
      },
    });
  });

  it('says which dependency is down, no more, and stays alive', async () => {
    site.app.get(ReadinessService).add({
      name: 'redis',
      check: () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:6379')),
    });
    const { status, headers, body } = await get(site.url, '/health/ready');
    expect(status).toBe(503);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(body)).toMatchObject({
      code: 'not_ready',
      retryable: true,
      checks: { database: 'up', redis: 'down' },
    });
    expect(body).not.toContain('10.1.2.3');
    expect((await get(site.url, '/health/live')).status).toBe(200);
    expect((await get(site.url, '/health')).status).toBe(200);
  });

  it('sees that the database is gone', async () => {
    await site.app.get<{ destroy(): Promise<void> }>(DATABASE).destroy();
    const { status, body } = await get(site.url, '/health/ready');
    expect({ status, checks: JSON.parse(body).checks }).toEqual({
      status: 503,
      checks: { database: 'down' },
    });
  });
});

const missing = missingRedis();
if (missing !== null) console.warn(`Readiness with Redis is not tested: ${missing}`);
(missing === null ? describe : describe.skip)('a server with Redis', () => {
  it('is ready while Redis answers', async () => {
    const redis = await RedisProcess.start();
    const server = await startServer({ REDIS_URL: redis.url });
    const becomes = async (status: number) => {
      for (;;) {
        const answer = await get(server.url, '/health/ready');
        if (answer.status === status) return JSON.parse(answer.body).checks as object;
      }
    };
    expect(await becomes(200)).toEqual({ database: 'up', redis: 'up' });
    const { body } = await get(server.url, '/health');
    expect(JSON.parse(body).stores.log).toBe(
      'Redis: the live log survives a crash of Redis whole, and a power cut but for about its last second',
    );
    await redis.kill();
    expect(await becomes(503)).toEqual({ database: 'up', redis: 'down' });
    await redis.start();
    expect(await becomes(200)).toEqual({ database: 'up', redis: 'up' });
    await server.stop();
    await redis.dispose();
  });
});

describe('a server that is stopped', () => {
  it('is not ready for DRAIN_DELAY_SECONDS, while it still serves, and then exits', async () => {
    const server = await startServer({ DRAIN_DELAY_SECONDS: '2' });
    expect((await get(server.url, '/health/ready')).status).toBe(200);
    const stopped = server.stop();
    let ready = await get(server.url, '/health/ready');
    while (ready.status === 200) ready = await get(server.url, '/health/ready');
    expect(JSON.parse(ready.body)).toMatchObject({ code: 'shutting_down', checks: { database: 'up' } });
    expect((await get(server.url, '/api/models')).status).toBe(200);
    expect((await get(server.url, '/health/live')).status).toBe(200);
    expect(await stopped).toBe(0);
  });
});
