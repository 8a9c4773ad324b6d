import { once } from 'node:events';
import { createServer } from 'node:net';
import { missingRedis, RedisProcess } from '../../src/run/log/redis/testing/redis-process.js';
import { freePort } from '../support/free-port.js';
import { send } from '../support/http-client.js';
import { startRefused, startServer } from '../support/server.js';

const missing = missingRedis();
if (missing !== null) console.warn(`Starts with Redis are not tested: ${missing}`);

const SQLITE = { DATABASE_URL: 'sqlite::memory:' };
const storesOf = async (url: string): Promise<string> =>
  JSON.parse((await send(url, { path: '/health' })).body).stores.log;

(missing === null ? describe : describe.skip)('a start with Redis', () => {
  /** It gives up after 10 s, while the other tests run. */
  let port: number;
  let withoutRedis: ReturnType<typeof startRefused>;
  beforeAll(async () => {
    port = await freePort();
    withoutRedis = startRefused({ ...SQLITE, REDIS_URL: `redis://ada:top-secret@127.0.0.1:${port}` });
  });

  test('[FAULT-16] [P20] waits for a Redis that starts as well', async () => {
    const redis = await RedisProcess.start();
    await redis.kill();
    const door = createServer((socket) => socket.destroy()).listen(redis.port, '127.0.0.1');
    const starting = startServer({ REDIS_URL: redis.url });
    await once(door, 'connection');
    door.close();
    await redis.start();
    const server = await starting;
    expect((await send(server.url, { path: '/health/ready' })).status).toBe(200);
    expect(await server.stop()).toBe(0);
    await redis.dispose();
  });

  test('[RUN-20] with NODE_ENV=production refuses a Redis that keeps nothing on its disk, and takes one that does', async () => {
    const redis = await RedisProcess.start('--appendonly', 'no');
    const production = { NODE_ENV: 'production', REDIS_URL: redis.url };
    const { code, output } = await startRefused({ ...SQLITE, ...production });
    expect(code).toBe(1);
    expect(output).toContain('REDIS_URL: this Redis keeps nothing on its disk');
    expect(output).toContain('appendonly yes');

    await redis.command('CONFIG', 'SET', 'appendonly', 'yes');
    const server = await startServer(production);
    expect(await storesOf(server.url)).toContain('survives a crash of Redis whole');
    await server.kill();

    await redis.command('CONFIG', 'SET', 'appendonly', 'no');
    const trial = await startServer({ REDIS_URL: redis.url });
    expect(await storesOf(trial.url)).toBe('Redis: the live log is lost with Redis: set appendonly yes');
    expect(trial.output()).toContain('is lost with Redis: set appendonly yes');
    await trial.kill();
    await redis.dispose();
  });

  test('[FAULT-16] [P20] gives up when there is none: it names the variable and the address, never the password', async () => {
    const { code, output } = await withoutRedis;
    expect(code).toBe(1);
    expect(output).toContain(`REDIS_URL: Redis at 127.0.0.1:${port} cannot be reached`);
    expect(output).not.toContain('top-secret');
    expect(output).not.toContain('is ready at');
  });
});
