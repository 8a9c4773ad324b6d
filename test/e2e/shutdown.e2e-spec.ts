import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import type { TestServer } from '../support/server.js';
import { checkHistory, textsOf } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import { newConversation, World } from '../support/world.js';

const { answer, text } = scripts;
let world: World;
beforeAll(async () => (world = await World.start({}, ['large'])));
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

const saying = (words: string) => (item: Record<string, unknown>) => JSON.stringify(item).includes(words);

/** Sends SIGTERM; resolves with the exit code and the time that it took. */
async function terminate(server: TestServer): Promise<{ code: number | null; ms: number }> {
  const asked = performance.now();
  const exited = once(server.process, 'exit') as Promise<[number | null]>;
  server.process.kill('SIGTERM');
  const [code] = await exited;
  return { code, ms: performance.now() - asked };
}

test('[OPS-02] [P16] an idle server exits 0 within 2 s of SIGTERM, whatever connections are open', async () => {
  const server = await world.another({ SHUTDOWN_SECONDS: '60' });
  const agent = new Agent({ keepAlive: true });
  const [response] = (await once(get(`${server.url}/health`, { agent }), 'response')) as [
    NodeJS.ReadableStream,
  ];
  response.resume();
  await once(response, 'end');
  // Browsers open connections before they have anything to ask.
  const silent = connect(Number(new URL(server.url).port), '127.0.0.1');
  silent.on('error', () => undefined);
  await once(silent, 'connect');
  const { code, ms } = await terminate(server);
  console.log(`idle server: exit ${code} after ${ms.toFixed(0)} ms`);
  expect(code).toBe(0);
  expect(ms).toBeLessThan(4000);
  agent.destroy();
  silent.destroy();
});

test('[FAULT-13] [OPS-03] a run that is going on may end: its readers get all of it, heartbeats too, and new runs are refused', async () => {
  const server = await world.another({ SHUTDOWN_SECONDS: '60', SSE_HEARTBEAT_SECONDS: '0.2' });
  const stream = await world.chat({ model_name: 'slow', conversation_id: newConversation() }, { server });
  await world.openai.received(1);
  const exit = terminate(server);
  const refused = await untilRefused(server);
  expect([refused.status, JSON.parse(refused.text)]).toEqual([
    503,
    expect.objectContaining({ code: 'shutting_down', retryable: true }),
  ]);
  await stream.heartbeat(3);
  await world.openai.release('gate', 4);
  const { state } = checkHistory([await stream.toEnd()]);
  expect(textsOf(state)).toEqual(['one two three']);
  expect((await exit).code).toBe(0);
});

/** The signal takes a moment to arrive. */
async function untilRefused(server: TestServer) {
  for (;;) {
    const stream = await world.chat({ model_name: 'plain' }, { server });
    await stream.over();
    if (stream.status !== 200) return stream;
  }
}

test('[OPS-03] [SSE-08] a reader that can resume is moved on, at a frame border', async () => {
  const server = await world.another({ SHUTDOWN_SECONDS: '60' });
  const stays = await world.chat({ model_name: 'slow', conversation_id: newConversation() }, { server });
  const moves = await world.follow(stays.runId, '', {}, server);
  await moves.count(3);
  const exit = terminate(server);
  await moves.toEnd();
  expect(moves.text).not.toContain('[DONE]');
  expect(stays.end).toBeUndefined();
  // While the run goes on, it comes back and reads on.
  const back = await world.follow(stays.runId, `?after=${moves.lastId}`, {}, server);
  await world.openai.release('gate', 4);
  checkHistory([await stays.toEnd(), [...moves.frames, ...(await back.toEnd())]]);
  expect((await exit).code).toBe(0);
});

test('[FAULT-13] [OPS-04] a run that does not end in time is interrupted, with its text kept', async () => {
  const env = { SHUTDOWN_SECONDS: '0.5', DATABASE_URL: world.databaseUrl('shutdown.db') };
  const server = await world.another(env);
  const conversation_id = newConversation();
  const stream = await world.chat({ model_name: 'stalled-after', conversation_id }, { server });
  await stream.frame(saying('lo'));
  const exit = terminate(server);
  const { state } = checkHistory([await stream.toEnd()]);
  expect(state).toMatchObject({ phase: 'interrupted', error: { code: 'run_interrupted', retryable: true } });
  expect((await exit).code).toBe(0);
  expect((await world.openai.closed(1)).closedBy).toBe('client');

  const next = await world.another(env);
  const rounds = await world.rounds(conversation_id, next);
  expect(rounds[0]).toMatchObject({
    state: 'interrupted',
    messages: [{ role: 'user' }, { role: 'assistant', content: 'Hello' }],
  });
});

test('[OPS-05] a second signal exits at once', async () => {
  const server = await world.another({ SHUTDOWN_SECONDS: '60' });
  const stream = await world.chat(
    { model_name: 'stalled-after', conversation_id: newConversation() },
    { server },
  );
  await stream.frame(saying('lo'));
  const exit = terminate(server);
  await untilRefused(server);
  const asked = performance.now();
  server.process.kill('SIGINT');
  expect((await exit).code).toBe(1);
  console.log(`second signal: exit after ${(performance.now() - asked).toFixed(0)} ms`);
  expect(await stream.over()).toBe('cut');
});

test('[OPS-02] [P15] a reader that takes nothing does not hold a server that stops', async () => {
  const server = await world.another({ SHUTDOWN_SECONDS: '60' });
  await world.openai.script(
    'large',
    answer(text(...Array.from({ length: 1000 }, () => 'x'.repeat(10_240))), scripts.finish(), scripts.done()),
  );
  const stalled = await world.chat(
    { model_name: 'large', conversation_id: newConversation() },
    { server, stalled: true },
  );
  await world.ended(stalled.runId, server);
  const { code, ms } = await terminate(server);
  console.log(`server with a stalled reader: exit ${code} after ${ms.toFixed(0)} ms`);
  expect(code).toBe(0);
  // What it got is no whole answer, and it can tell.
  stalled.read();
  expect(await stalled.over()).toBe('cut');
});
