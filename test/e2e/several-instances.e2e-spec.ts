import { setTimeout as sleep } from 'node:timers/promises';
import { missingRedis, RedisProcess } from '../../src/run/log/redis/testing/redis-process.js';
import { BLOCKABLE, blockEventLoop } from '../support/event-loop.js';
import { checkHistory, decodeFrames, fold, textsOf } from '../support/history-checker.js';
import { GraphClient, graph, nodesOf } from '../support/graphs.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { scripts } from '../support/scripted-openai/index.js';
import type { TestServer } from '../support/server.js';
import { newConversation, World } from '../support/world.js';

const { answer, done, finish, gate, text } = scripts;
const missing = missingRedis();
if (missing) console.log(`SKIPPED several instances: ${missing}`);
const withRedis = missing ? test.skip : test;

let world: World;
let postgres: TestPostgres;
let redis: RedisProcess;
let env: Record<string, string>;
let one: TestServer;
let two: TestServer;

beforeAll(async () => {
  if (missing) return;
  [world, postgres, redis] = await Promise.all([World.start(), startPostgres(), RedisProcess.start()]);
  env = { DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redis.url };
  [one, two] = await Promise.all([world.another(env), world.another(env)]);
}, 120_000);
afterAll(async () => {
  if (missing) return;
  await world.stop();
  await Promise.all([postgres.stop(), redis.dispose()]);
}, 60_000);
afterEach(() => world?.openai.reset());

/** Two gates: after the first word, and before the end. */
const held = () =>
  answer(text('first '), gate('held'), text('second '), gate('held'), text('third'), finish('stop'), done());
const saying = (word: string) => (item: Record<string, unknown>) => JSON.stringify(item).includes(word);

withRedis(
  'a run is read, and resumed at any point, on the other instance',
  async () => {
    await world.openai.push(held());
    const own = await world.chat({ conversation_id: newConversation() }, { server: one });
    await own.frame(saying('first'));
    const other = await world.follow(own.runId, '', {}, two);
    await other.frame(saying('first'));
    await world.openai.release('held', 2);
    const frames = await own.toEnd();
    const views = [frames, await other.toEnd()];
    for (let at = 0; at < frames.length - 2; at += 1) {
      const resumed = await world.follow(own.runId, '', { 'last-event-id': frames[at]!.id! }, two);
      views.push([...frames.slice(0, at + 1), ...(await resumed.toEnd())]);
    }
    const { state } = checkHistory(views);
    expect(textsOf(state)).toEqual(['first second third']);
  },
  60_000,
);

withRedis('[P10] cancel on the other instance stops the model within a second', async () => {
  await world.openai.push(held());
  const own = await world.chat({ conversation_id: newConversation() }, { server: one });
  await own.frame(saying('first'));
  const asked = performance.now();
  const response = await fetch(`${two.url}/api/runs/${own.runId}/cancel`, { method: 'POST' });
  expect([response.status, (await response.json()) as object]).toEqual([
    202,
    expect.objectContaining({ state: 'cancelled' }),
  ]);
  console.log(`cancel across instances: ${(performance.now() - asked).toFixed(0)} ms`);
  await world.openai.closed(1);
  const { state } = checkHistory([await own.toEnd()]);
  expect(state.cancelled).toMatchObject({ by: 'user' });
});

withRedis('turns of one conversation on two instances come one after the other', async () => {
  const conversation = newConversation();
  await world.openai.push(held());
  const first = await world.chat({ conversation_id: conversation, user_prompt: 'one' }, { server: one });
  await first.frame(saying('first'));
  const second = await world.chat(
    { conversation_id: conversation, user_prompt: 'two', model_name: 'plain' },
    { server: two },
  );
  await second.frame((item) => item['type'] === 'run_created');
  expect((await world.openai.requests()).length).toBe(1);
  await world.openai.release('held', 2);
  checkHistory([await first.toEnd()]);
  checkHistory([await second.toEnd()]);
  const [, request] = await world.openai.requests();
  expect(
    (request!.body as { messages: { content: string }[] }).messages.map(({ content }) => content),
  ).toEqual(['one', 'first second third', 'two']);
});

withRedis(
  '[P8] an Idempotency-Key makes one model call of a hundred retries on two instances',
  async () => {
    await world.openai.push(held());
    const body = { conversation_id: newConversation() };
    const headers = { 'idempotency-key': 'the-same' };
    const readers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => world.chat(body, { headers, server: index % 2 ? one : two })),
    );
    await world.openai.received(1);
    await world.openai.release('held', 2);
    const views = await Promise.all(readers.map((reader) => reader.toEnd()));
    checkHistory(views);
    expect((await world.openai.requests()).length).toBe(1);
  },
  60_000,
);

withRedis(
  '[FAULT-11] [P3] [P7] [P15] the owner is killed: readers elsewhere get every word once and an honest end',
  async () => {
    const owner = await world.another(env);
    const conversation = newConversation();
    await world.openai.push(held());
    const own = await world.chat({ conversation_id: conversation }, { server: owner });
    await own.frame(saying('first'));
    const other = await world.follow(own.runId, '', {}, two);
    await other.frame(saying('first'));
    await world.openai.release('held');
    await other.frame(saying('second'));
    const killed = performance.now();
    await owner.kill();
    const { state } = checkHistory([await other.toEnd()]);
    console.log(
      `death of the owner noticed and ended after ${((performance.now() - killed) / 1000).toFixed(1)} s`,
    );
    expect(state).toMatchObject({ phase: 'interrupted', error: { code: 'run_interrupted' } });
    expect(textsOf(state)).toEqual(['first second ']);
    const [round] = await world.rounds(conversation, two);
    expect(round!.messages.at(-1)).toMatchObject({ role: 'assistant', content: 'first second ' });
  },
  90_000,
);

withRedis(
  '[GRAPH-09] [GRAPH-10] a graph is cancelled elsewhere, its owner is killed, and it goes on elsewhere',
  async () => {
    const owner = await world.another({ ...env, LEASE_SECONDS: '3' });
    const client = new GraphClient(world, owner);
    await client.save(
      graph('relay', [
        { name: 'a', input_nodes: ['start'], output_nodes: ['c'] },
        { name: 'b', input_nodes: ['start'], output_nodes: ['c'], model_name: 'slow' },
        { name: 'c', input_nodes: ['a', 'b'], output_nodes: ['end'] },
      ]),
    );
    const body = { graph_name: 'relay', input_text: 'Go', conversation_id: newConversation() };
    const nodeEnded = (name: string) => (item: Record<string, unknown>) =>
      item['type'] === 'node_end' && item['node_name'] === name;
    const first = await client.execute(body);
    await first.frame(nodeEnded('a'));
    expect((await fetch(`${two.url}/api/runs/${first.runId}/cancel`, { method: 'POST' })).status).toBe(202);
    expect(checkHistory([await first.toEnd()]).state.phase).toBe('cancelled');

    const second = await client.execute({ ...body, input_text: '', continue_from_checkpoint: true });
    await world.openai.release('gate');
    await second.frame(saying('one'));
    const elsewhere = await world.follow(second.runId, '', {}, two);
    await owner.kill();
    expect(checkHistory([await elsewhere.toEnd()]).state.phase).toBe('interrupted');

    const third = await client.execute({ conversation_id: body.conversation_id }, {}, two);
    await world.openai.release('gate', 4);
    const { state } = checkHistory([await third.toEnd()]);
    expect(nodesOf(third)).toEqual(['+b', '-b', '+c', '-c']);
    expect(state).toMatchObject({ phase: 'completed', execution_chain: [['start', 'a', 'b'], ['c']] });
    expect((await world.rounds(body.conversation_id, one)).map(({ state: how }) => how)).toEqual([
      'cancelled',
      'interrupted',
      'completed',
    ]);
  },
  90_000,
);

withRedis(
  '[FAULT-12] [P3] a stopped owner that comes back is refused, and there is one end',
  async () => {
    const owner = await world.another({ ...env, LEASE_SECONDS: '5' });
    const conversation = newConversation();
    await world.openai.push(held());
    const own = await world.chat({ conversation_id: conversation }, { server: owner });
    await own.frame(saying('first'));
    const other = await world.follow(own.runId, '', {}, two);
    owner.process.kill('SIGSTOP');
    const frames = await other.toEnd();
    owner.process.kill('SIGCONT');
    await world.openai.release('held', 2);
    await sleep(1500);
    const { state } = checkHistory([frames, await (await world.follow(own.runId, '', {}, one)).toEnd()]);
    expect(state.phase).toBe('interrupted');
    const [round] = await world.rounds(conversation, one);
    expect(round!.messages.at(-1)).toMatchObject({ content: 'first ' });
    await owner.kill();
  },
  90_000,
);

withRedis(
  '[FAULT-14] an event loop that is blocked for 5 s loses no lease, and its metric shows it',
  async () => {
    const owner = await world.another({ ...env, ...BLOCKABLE });
    const conversation = newConversation();
    await world.openai.push(held());
    const own = await world.chat({ conversation_id: conversation }, { server: owner });
    await own.frame(saying('first'));
    const other = await world.follow(own.runId, '', {}, two);
    await blockEventLoop(owner, 5000);
    const metrics = await (await fetch(`${owner.url}/metrics`)).text();
    const lag = /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(metrics)?.[1];
    expect(Number(lag)).toBeGreaterThan(4.5);
    await world.openai.release('held', 2);
    const { items, state } = checkHistory([await own.toEnd(), await other.toEnd()]);
    expect([state.phase, textsOf(state)]).toEqual(['completed', ['first second third']]);
    expect(new Set(items.map(({ epoch }) => epoch))).toEqual(new Set([1]));
    expect((await world.rounds(conversation, two))[0]).toMatchObject({ state: 'completed' });
    await owner.kill();
  },
  90_000,
);

withRedis(
  '[P20] Redis is away in mid-run: no answer is lost, and readers go on when it is back',
  async () => {
    const conversation = newConversation();
    await world.openai.push(held());
    const own = await world.chat(
      { conversation_id: conversation, on_disconnect: 'continue' },
      { server: one },
    );
    await own.frame(saying('first'));
    const before = own.lastId;
    await redis.kill('SIGTERM');
    await world.openai.release('held', 2);
    await sleep(3000);
    await redis.start();
    await world.ended(own.runId, one);
    const [round] = await world.rounds(conversation, one);
    expect(round!.messages.at(-1)).toMatchObject({ role: 'assistant', content: 'first second third' });
    for (const server of [one, two]) {
      const late = await untilOk(() => world.follow(own.runId, '', { 'last-event-id': before }, server));
      const items = decodeFrames(await late.toEnd());
      expect(items.at(-1)).toMatchObject({ type: 'run.completed' });
    }
    const whole = await untilOk(() => world.follow(own.runId, '', {}, two));
    expect(textsOf(fold(decodeFrames(await whole.toEnd())))).toEqual(['first second third']);
  },
  90_000,
);

/** The log may be away for a moment longer; its readers come again. */
async function untilOk<R extends { status: number }>(ask: () => Promise<R>): Promise<R> {
  for (let attempt = 0; ; attempt += 1) {
    const response = await ask();
    if (response.status === 200 || attempt === 40) return response;
    await sleep(250);
  }
}
