import { jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { Author } from '../contract/author.js';
import { text } from '../contract/events.js';
import { openRedisRunLog } from './open-redis-run-log.js';
import { checkRedisDurability } from './redis-durability.js';
import { missingRedis, RedisProcess } from './testing/redis-process.js';

(missingRedis() ? describe.skip : describe)('openRedisRunLog', () => {
  let server: RedisProcess;
  beforeAll(async () => {
    server = await RedisProcess.start();
  });
  afterAll(() => server.dispose());
  afterEach(async () => {
    await configure({
      appendonly: 'yes',
      appendfsync: 'everysec',
      save: '',
      'maxmemory-policy': 'noeviction',
    });
  });

  async function configure(settings: Record<string, string>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) await server.command('CONFIG', 'SET', name, value);
  }

  const logger = () => ({ log: jest.fn(), warn: jest.fn() });
  const options = (url = server.url) => ({ url, retentionSeconds: 60, production: true, logger: logger() });

  it('gives a log that works, and says what it survives', async () => {
    const given = options();
    const log = await openRedisRunLog(given);
    try {
      const author = await new Author(log).open();
      await author.append(text('a'));
      expect(log.describe()).toBe(
        'Redis: the live log survives a crash of Redis whole, and a power cut but for about its last second',
      );
      expect(given.logger.log).toHaveBeenCalledWith({}, log.describe());
      expect(given.logger.warn).not.toHaveBeenCalled();
    } finally {
      log.dispose();
    }
  });

  it('refuses a Redis that keeps nothing in production, and warns of it elsewhere', async () => {
    await configure({ appendonly: 'no' });
    await expect(openRedisRunLog(options())).rejects.toThrow(/REDIS_URL.*appendonly yes/);
    const given = { ...options(), production: false };
    const log = await openRedisRunLog(given);
    expect(log.durability?.persistence).toBe('none');
    expect(given.logger.warn).toHaveBeenCalledWith({}, log.describe());
    log.dispose();
  });

  it('says where Redis cannot be reached, and no password', async () => {
    const nowhere = { ...options('redis://user:secret@127.0.0.1:1/0'), connectWithinMs: 200 };
    const error = await openRedisRunLog(nowhere).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: 'REDIS_URL: Redis at 127.0.0.1:1 cannot be reached' });
    expect(nowhere.logger.warn).toHaveBeenCalledTimes(2);
    expect(JSON.stringify(nowhere.logger.warn.mock.calls)).not.toContain('secret');
  });

  it('leaves no connection, timer or call behind when it is disposed of', async () => {
    const log = await openRedisRunLog(options());
    const author = await new Author(log).open();
    const advanced = jest.fn();
    log.watch(author.runId, advanced);
    log.watch('another', advanced);
    const pending = author.append(text('a')).catch((error: unknown) => error);
    log.onApplicationShutdown();
    await pending;
    const calls = advanced.mock.calls.length;
    await expect(log.head(author.runId)).rejects.toMatchObject({ code: 'log_unavailable' });
    await expect(log.open('new')).rejects.toMatchObject({ code: 'log_unavailable' });
    const clients = (await server.command('CLIENT', 'LIST')) as string;
    expect(clients).not.toContain('name=millrace');
    expect(advanced).toHaveBeenCalledTimes(calls);
  });

  describe('checkRedisDurability', () => {
    async function check(url = server.url) {
      const redis = new Redis(url);
      try {
        return await checkRedisDurability(redis, false);
      } finally {
        redis.disconnect();
      }
    }

    it.each([
      [{ appendfsync: 'always' }, 'always'],
      [{ appendfsync: 'everysec' }, 'every second'],
      [{ appendfsync: 'no' }, 'at times'],
      [{ appendonly: 'no', save: '3600 1' }, 'snapshots'],
      [{ appendonly: 'no' }, 'none'],
    ])('tells of %j: %s', async (settings, persistence) => {
      await configure(settings);
      expect(await check()).toMatchObject({ persistence, keepsLiveLogs: true });
    });

    it('tells of a Redis that may evict a live log', async () => {
      await configure({ 'maxmemory-policy': 'allkeys-lru' });
      const durability = await check();
      expect(durability).toMatchObject({ persistence: 'every second', keepsLiveLogs: false });
      expect(durability.text).toContain('maxmemory-policy allkeys-lru');
      await configure({ 'maxmemory-policy': 'volatile-ttl' });
      expect(await check()).toMatchObject({ keepsLiveLogs: true });
    });

    it('judges a Redis that forbids CONFIG by INFO', async () => {
      await server.command('ACL', 'SETUSER', 'guest', 'on', '>secret', '~*', '+@all', '-config');
      const asGuest = server.url.replace('//', '//guest:secret@');
      expect(await check(asGuest)).toMatchObject({ persistence: 'append-only file' });
      await configure({ appendonly: 'no' });
      expect(await check(asGuest)).toMatchObject({ persistence: 'none' });
      await server.command('SAVE');
      expect(await check(asGuest)).toMatchObject({ persistence: 'snapshots' });
    });
  });
});
