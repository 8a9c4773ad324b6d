import { setTimeout as sleep } from 'node:timers/promises';
import { checkHistory, decodeFrames, fold, textsOf } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import type { TestServer } from '../support/server.js';
import { newConversation, World } from '../support/world.js';

const { answer, done, finish, gate, reasoning, text } = scripts;
const PIECE = 'water turns the wheel, steadily and slow; ';
let world: World;
beforeAll(async () => (world = await World.start()));
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

/** An answer that begins with reasoning and `pieces` of text, and then waits for ever. */
async function answerInMidWay(server: TestServer, conversation: string, pieces: number) {
  await world.openai.push(
    answer(
      reasoning('hm'),
      ...Array.from({ length: pieces }, () => text(PIECE)),
      gate('held'),
      finish('stop'),
      done(),
    ),
  );
  const stream = await world.chat({ conversation_id: conversation }, { server });
  await stream.frame((item) => JSON.stringify(item).includes('steadily'));
  return stream;
}

test('[FAULT-10] [P3] [P5] [P7] SIGKILL in mid-answer: what was checkpointed is kept, and the run is interrupted before the server answers again', async () => {
  const DATABASE_URL = world.databaseUrl('killed.db');
  const conversation = newConversation();
  const server = await world.another({ DATABASE_URL });
  const stream = await answerInMidWay(server, conversation, 300);
  // A checkpoint is at most 2 s old.
  await sleep(2600);
  await server.kill();
  await stream.over();

  const again = await world.another({ DATABASE_URL });
  const { body } = await world.get(`/api/runs/${stream.runId}`, again);
  expect(body).toMatchObject({ state: 'interrupted', error: { code: 'run_interrupted', retryable: true } });
  const [round] = await world.rounds(conversation, again);
  expect(round!.messages).toEqual([
    { role: 'user', content: 'hello' },
    { role: 'assistant', reasoning_content: 'hm', content: PIECE.repeat(300) },
  ]);

  const late = await world.follow(stream.runId, '', { 'last-event-id': stream.lastId }, again);
  const { state } = checkHistory([[...stream.frames, ...(await late.toEnd())]], round!.messages);
  expect(state.phase).toBe('interrupted');
  const ahead = await world.follow(stream.runId, '', { 'last-event-id': `${stream.runId}.1.99999` }, again);
  const items = decodeFrames(await ahead.toEnd());
  expect(items.map(({ type }) => type)).toEqual(['run.snapshot', 'run.interrupted']);
  expect(textsOf(fold(items))).toEqual([PIECE.repeat(300)]);
});

test('[P9] a tool is not run again by recovery: its call ends with an unknown outcome', async () => {
  const DATABASE_URL = world.databaseUrl('tool.db');
  const conversation = newConversation();
  const server = await world.another({ DATABASE_URL });
  await world.openai.push(scripts.calling({ id: 'a', name: 'hostile__hang', args: {} }));
  const stream = await world.chat({ conversation_id: conversation, mcp_servers: ['hostile'] }, { server });
  await stream.frame((item) => item['type'] === 'tool_call_ready' || item['type'] === 'tool_call_invalid');
  await sleep(2600);
  await server.kill();
  const again = await world.another({ DATABASE_URL });
  const [round] = await world.rounds(conversation, again);
  expect(round!.messages.at(-1)).toMatchObject({ role: 'tool', tool_call_id: 'a' });
  expect((await world.openai.requests()).length).toBe(1);
});

test('[P3] recovery repeated changes nothing: five restarts in a row give the same state', async () => {
  const DATABASE_URL = world.databaseUrl('repeated.db');
  const conversation = newConversation();
  const server = await world.another({ DATABASE_URL });
  const stream = await answerInMidWay(server, conversation, 3);
  await sleep(2600);
  await server.kill();
  const seen: unknown[] = [];
  for (let time = 0; time < 5; time += 1) {
    const again = await world.another({ DATABASE_URL });
    const { body } = await world.get(`/api/runs/${stream.runId}`, again);
    seen.push([body, await world.rounds(conversation, again)]);
    await again.kill();
  }
  for (const one of seen) expect(one).toEqual(seen[0]);
}, 60_000);

test('[P5] an accepted message survives SIGKILL at once', async () => {
  const DATABASE_URL = world.databaseUrl('accepted.db');
  const conversation = newConversation();
  for (let time = 0; time < 5; time += 1) {
    const server = await world.another({ DATABASE_URL });
    await world.openai.push(answer(gate('held'), text('never'), finish('stop'), done()));
    await world.chat({ conversation_id: conversation, user_prompt: `message ${time}` }, { server });
    await server.kill();
  }
  const server = await world.another({ DATABASE_URL });
  const rounds = await world.rounds(conversation, server);
  expect(rounds.map(({ messages }) => messages[0])).toEqual(
    [0, 1, 2, 3, 4].map((time) => ({ role: 'user', content: `message ${time}` })),
  );
  // The conversation goes on after them.
  await world.openai.reset();
  const next = await world.chat({ conversation_id: conversation, model_name: 'plain' }, { server });
  checkHistory([await next.toEnd()]);
}, 60_000);
