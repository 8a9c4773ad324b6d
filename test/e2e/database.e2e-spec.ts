import { setTimeout as sleep } from 'node:timers/promises';
import { GraphClient, graph, nodesOf } from '../support/graphs.js';
import { startOwnPostgres, type OwnPostgres } from '../support/postgres.js';
import { scripts } from '../support/scripted-openai/index.js';
import { startRefused, startServer } from '../support/server.js';
import { newConversation, World } from '../support/world.js';

describe('one SQLite file', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());

  test('serves one process; the lock of a killed one blocks nobody', async () => {
    const DATABASE_URL = world.databaseUrl('one/millrace.db');
    const first = await startServer({ DATABASE_URL });
    const second = await startRefused({ DATABASE_URL });
    expect(second.code).toBe(1);
    expect(second.output).toContain(
      `Database file ${DATABASE_URL.slice('sqlite:'.length)} is already in use by process ${first.process.pid}`,
    );
    expect((await fetch(`${first.url}/health`)).status).toBe(200);

    await first.kill();
    const third = await startServer({ DATABASE_URL });
    expect((await fetch(`${third.url}/health`)).status).toBe(200);
    expect(await third.stop()).toBe(0);
  });
});

describe('PostgreSQL', () => {
  let postgres: OwnPostgres;
  let world: World;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    world = await World.start({ DATABASE_URL: await postgres.createDatabase(), MODEL_MAX_RETRIES: '0' }, [
      'held-b',
    ]);
  });
  afterAll(async () => {
    await world?.stop();
    await postgres?.stop();
  });

  test('keeps conversations over a restart, as SQLite does', async () => {
    const conversation_id = newConversation();
    await world.openai.push(
      scripts.calling({ id: 'a', name: 'builtin__current_time', args: {} }),
      scripts.saying('Noon \0 🌊.'),
    );
    const asked = await world.ask({ conversation_id, mcp_servers: ['builtin'], user_prompt: 'Time?\0' });
    expect(asked.status).toBe(200);
    const before = await world.get(`/api/chat/conversations/${conversation_id}`);
    const again = await world.another();
    expect((await world.get(`/api/chat/conversations/${conversation_id}`, again)).body).toEqual(before.body);
    expect((await world.get('/api/chat/conversations?q=noon', again)).body).toMatchObject({
      total_count: 1,
      conversations: [{ _id: conversation_id, round_count: 1, total_token_usage: { total_tokens: 30 } }],
    });
    for (const path of ['/api/runs/%00', '/api/runs/a%00/events', '/api/chat/conversations/%00'])
      expect((await world.get(path)).status).toBe(404);
  });

  test('that is away is told with 503, and missed no longer than it is away', async () => {
    const conversation_id = newConversation();
    await postgres.process.stop();
    for (const answer of [await world.get('/api/chat/conversations'), await world.ask({ conversation_id })])
      expect(answer).toMatchObject({ status: 503, body: { code: 'storage_failed', retryable: true } });
    await postgres.process.start();
    expect((await world.ask({ conversation_id })).status).toBe(200);
    expect(await world.rounds(conversation_id)).toHaveLength(1);
  });

  test('[FAULT-22] [P6] [P20] that is away while an answer streams gets the whole answer when it is back, before the end is told', async () => {
    await world.openai.reset();
    const conversation_id = newConversation();
    const stream = await world.chat({ conversation_id, model_name: 'slow' });
    await world.openai.received(1);
    await postgres.process.stop();
    await world.openai.release('gate', 4);
    while (!world.server.output().includes('The end of a run could not be stored; trying again'))
      await sleep(20);
    expect(stream.text).toContain('three');
    expect(stream.items.some((item) => item !== '[DONE]' && item['type'] === 'run_completed')).toBe(false);
    await postgres.process.start();
    const frames = await stream.toEnd();
    expect(frames.at(-1)?.data).toBe('[DONE]');
    expect((await world.rounds(conversation_id))[0]).toMatchObject({
      state: 'completed',
      messages: [{ role: 'user' }, { role: 'assistant', content: 'one two three' }],
    });
  });

  test('[GRAPH-10] that is away at the end of a node holds what follows, and nothing else', async () => {
    await world.openai.reset();
    const { answer, done, finish, gate, text, usage } = scripts;
    await world.openai.script('held-b', answer(gate('b'), text('b goes on'), finish(), usage(), done()));
    const graphs = new GraphClient(world);
    await graphs.save(
      graph('held', [
        { name: 'a', input_nodes: ['start'], output_nodes: ['c'], model_name: 'slow' },
        { name: 'b', input_nodes: ['start'], output_nodes: ['c'], model_name: 'held-b' },
        { name: 'c', input_nodes: ['a', 'b'], output_nodes: ['end'] },
      ]),
    );
    const conversation_id = newConversation();
    const stream = await graphs.execute({ graph_name: 'held', input_text: 'Go', conversation_id });
    await Promise.all([world.openai.received(1), world.openai.received(2)]);
    await postgres.process.stop();
    await world.openai.release('gate', 4);
    while (!world.server.output().includes('What a run has done could not be stored; trying again'))
      await sleep(20);
    await world.openai.release('b');
    await stream.frame((item) => JSON.stringify(item).includes('b goes on'));
    expect(nodesOf(stream).slice(2)).toEqual(['+a', '+b']);
    await postgres.process.start();
    await stream.toEnd();
    expect(nodesOf(stream).slice(-2)).toEqual(['+c', '-c']);
    expect((await world.rounds(conversation_id))[0]).toMatchObject({
      state: 'completed',
      final_result: 'Hello wörld',
    });
  });
});
