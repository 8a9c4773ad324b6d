import { setTimeout as sleep } from 'node:timers/promises';
import { missingRedis, RedisProcess } from '../../src/run/log/redis/testing/redis-process.js';
import { checkHistory, textsOf } from '../support/history-checker.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import type { TestServer } from '../support/server.js';
import type { SseReader } from '../support/sse-client.js';
import { newConversation, World } from '../support/world.js';

const GRACE_MS = 1000;
const missing = missingRedis();
if (missing) console.log(`SKIPPED readers of other instances: ${missing}`);

(missing ? describe.skip : describe)('a temporary chat with readers on two instances', () => {
  let world: World;
  let postgres: TestPostgres;
  let redis: RedisProcess;
  let env: Record<string, string>;
  let owner: TestServer;
  let other: TestServer;
  beforeAll(async () => {
    [world, postgres, redis] = await Promise.all([World.start(), startPostgres(), RedisProcess.start()]);
    env = {
      DATABASE_URL: await postgres.createDatabase(),
      REDIS_URL: redis.url,
      LEASE_SECONDS: '5',
      DISCONNECT_GRACE_SECONDS: String(GRACE_MS / 1000),
    };
    [owner, other] = await Promise.all([world.another(env), world.another(env)]);
  }, 120_000);
  afterAll(async () => {
    await world.stop();
    await Promise.all([postgres.stop(), redis.dispose()]);
  }, 60_000);
  afterEach(() => world.openai.reset());

  const stateOf = async (runId: string) => (await world.get(`/api/runs/${runId}`, owner)).body['state'];

  /** A slow turn on the owner, and a reader of it on another instance. */
  async function readOnBoth(
    server = other,
    body: object = {},
  ): Promise<{ own: SseReader; remote: SseReader }> {
    const own = await world.chat({ model_name: 'slow', ...body }, { server: owner });
    await world.openai.release();
    await own.frame((item) => JSON.stringify(item).includes('one '));
    const remote = await world.follow(own.runId, '', {}, server);
    await remote.frame((item) => JSON.stringify(item).includes('one '));
    return { own, remote };
  }

  test('[RUN-19] goes on while one elsewhere reads it, and is cancelled after that one has left', async () => {
    const { own, remote } = await readOnBoth();
    own.leave();
    await sleep(3 * GRACE_MS);
    expect(await stateOf(own.runId)).toBe('running');
    await world.openai.release();
    await remote.frame((item) => JSON.stringify(item).includes('two '));
    remote.leave();
    expect((await world.openai.closed(1)).closedBy).toBe('client');
    expect(await world.ended(own.runId, owner)).toMatchObject({ state: 'cancelled' });
    const late = await (await world.follow(own.runId, '', {}, other)).toEnd();
    const { state } = checkHistory([late]);
    expect([state.cancelled?.by, textsOf(state)]).toEqual(['disconnect', ['one two ']]);
  }, 60_000);

  test('[RUN-19] goes on to its end for a reader that came elsewhere within the grace time', async () => {
    const own = await world.chat({ model_name: 'slow' }, { server: owner });
    await world.openai.release();
    await own.frame((item) => JSON.stringify(item).includes('one '));
    own.leave();
    const remote = await world.follow(own.runId, '', {}, other);
    await sleep(3 * GRACE_MS);
    await world.openai.release('gate', 3);
    const { state } = checkHistory([await remote.toEnd()]);
    expect(textsOf(state)).toEqual(['one two three']);
    while ((await redis.command('EXISTS', `millrace:{${own.runId}}:readers`)) !== 0) await sleep(20);
  }, 60_000);

  test('[RUN-19] is cancelled after the instance has died that had its last reader', async () => {
    const third = await world.another(env);
    const { own, remote } = await readOnBoth(third);
    own.leave();
    await sleep(3 * GRACE_MS);
    expect(await stateOf(own.runId)).toBe('running');
    await third.kill();
    await remote.over();
    expect((await world.openai.closed(1)).closedBy).toBe('client');
    expect(await world.ended(own.runId, owner)).toMatchObject({ state: 'cancelled' });
  }, 90_000);

  test('[RUN-19] a run that goes on without readers has no marks', async () => {
    const { own, remote } = await readOnBoth(other, { conversation_id: newConversation() });
    own.leave();
    await sleep(2 * GRACE_MS);
    expect(await redis.command('EXISTS', `millrace:{${own.runId}}:readers`)).toBe(0);
    remote.leave();
    await sleep(2 * GRACE_MS);
    expect(await stateOf(own.runId)).toBe('running');
    await world.openai.release('gate', 3);
    expect(await world.ended(own.runId, owner)).toMatchObject({ state: 'completed' });
  }, 60_000);
});
