import { accumulateAgUi } from '../support/ag-ui-accumulator.js';
import { accumulateUiMessage } from '../support/ai-sdk-accumulator.js';
import { ClientSite } from '../support/client-site.js';
import { comparable, decodeFrames, fold } from '../support/history-checker.js';
import { accumulate } from '../support/openai-accumulator.js';
import { SseReader, type WireFrame } from '../support/sse-client.js';
import { newConversation } from '../support/world.js';

/** What a reader of each dialect has when it has read these frames. */
const folds: Record<string, (frames: readonly WireFrame[]) => unknown> = {
  native: (frames) => comparable(fold(decodeFrames(frames))),
  openai: (frames) => accumulate(frames.map(({ data }) => ({ data }))),
  'ai-sdk': accumulateUiMessage,
  'ag-ui': (frames) => accumulateAgUi(frames),
};
const dialects = Object.keys(folds);

let site: ClientSite;
let runs: Record<string, string>;
beforeAll(async () => {
  site = await ClientSite.open();
  const { world } = site;
  const mcp_servers = ['builtin'];
  const ask = async (model_name: string) =>
    (await world.ask({ model_name, mcp_servers, conversation_id: newConversation() })).headers.get(
      'x-run-id',
    )!;
  const stopped = await world.chat({ model_name: 'slow', conversation_id: newConversation() });
  await site.firstPiece();
  await stopped.frame(({ choices }) => JSON.stringify(choices ?? '').includes('one '));
  await world.cancel(stopped.runId);
  runs = {
    completed: await ask('sum'),
    reasoned: await ask('reasoning'),
    failed: await ask('cut'),
    cancelled: stopped.runId,
  };
});
afterAll(() => site.close());

const read = async (run: string, dialect: string, after?: string) => {
  const from = after === undefined ? '' : `&after=${after}`;
  const reader = await site.world.follow(runs[run]!, `?dialect=${dialect}${from}`);
  expect([reader.status, reader.runId]).toEqual([200, runs[run]]);
  return reader.toEnd();
};

describe.each(dialects)('[SSE-15] the events of a run in %s', (dialect) => {
  test.each(['completed', 'reasoned', 'failed', 'cancelled'])(
    'of one that is %s can be cut after every frame',
    async (run) => {
      const whole = await read(run, dialect);
      const folded = folds[dialect]!(whole);
      const ids = whole.flatMap(({ id }) => id ?? []);
      expect(ids.length).toBeGreaterThan(1);
      expect(new Set(ids).size).toBe(ids.length);
      for (const id of ids.slice(0, -1)) {
        const sent = whole.slice(0, whole.findIndex((frame) => frame.id === id) + 1);
        expect(folds[dialect]!([...sent, ...(await read(run, dialect, id))])).toEqual(folded);
      }
      const end = await site.world.follow(runs[run]!, `?dialect=${dialect}&after=${ids.at(-1)}`);
      expect(end.status).toBe(204);
    },
  );

  test('a cursor that says nothing gets a snapshot', async () => {
    const whole = JSON.stringify(folds[dialect]!(await read('completed', dialect)));
    const seen = JSON.stringify(folds[dialect]!(await read('completed', dialect, 'garbage')));
    for (const text of ['Let me see.', 'It is 5.']) {
      expect(whole).toContain(text);
      expect(seen.split(text)).toHaveLength(2);
    }
  });

  test('a live one comes as it is written', async () => {
    const { world, openai } = site;
    await openai.reset();
    const stream = await world.chat({ model_name: 'slow' });
    const reader = await world.follow(stream.runId, `?dialect=${dialect}`);
    await site.firstPiece();
    while (!reader.text.includes('"one "')) await new Promise((resolve) => setTimeout(resolve, 5));
    await openai.release('gate', 3);
    expect(JSON.stringify(folds[dialect]!(await reader.toEnd()))).toContain('one two three');
  });
});

test('[SSE-15] native is the default', async () => {
  const frames = await (await site.world.follow(runs['completed']!)).toEnd();
  expect(frames).toEqual(await read('completed', 'native'));
});

test('[SSE-15] a snapshot in AG-UI holds the whole conversation', async () => {
  const conversation_id = newConversation();
  await site.world.ask({ conversation_id, user_prompt: 'first' });
  const { headers } = await site.world.ask({ conversation_id, user_prompt: 'second' });
  const reader = await site.world.follow(headers.get('x-run-id')!, '?dialect=ag-ui&after=garbage');
  const { messages } = accumulateAgUi(await reader.toEnd());
  expect(messages.map(({ role, content }) => [role, content])).toEqual([
    ['user', 'first'],
    ['assistant', 'Hello wörld'],
    ['user', 'second'],
    ['assistant', 'Hello wörld'],
  ]);
});

const text = 'hello again';
const starts = {
  '/api/chat/completions': { user_prompt: text, model_name: 'plain' },
  '/v1/chat/completions': { model: 'plain', stream: true, messages: [{ role: 'user', content: text }] },
  '/api/ai-sdk/chat': {
    model: 'plain',
    messages: [{ id: 'u', role: 'user', parts: [{ type: 'text', text }] }],
  },
  '/api/ag-ui/run': {
    threadId: 'resumes',
    runId: 'resumes',
    forwardedProps: { model: 'plain' },
    messages: [{ id: 'u', role: 'user', content: text }],
  },
};

test.each(Object.entries(starts))(
  '[RUN-03] a POST to %s with a Last-Event-ID resumes that run and never starts another',
  async (path, body) => {
    const { world, openai } = site;
    await openai.reset();
    const post = (headers: Record<string, string>) =>
      SseReader.open(`${world.server.url}${path}`, { method: 'POST', body, headers });
    const ids = (await (await world.follow(runs['completed']!)).toEnd()).flatMap(({ id }) => id ?? []);
    for (const id of ids.slice(0, -1)) {
      const reader = await post({ 'last-event-id': id });
      await reader.over();
      expect(reader.runId).toBe(runs['completed']);
      expect(reader.text).not.toContain(text);
    }
    expect((await post({ 'last-event-id': ids.at(-1)! })).status).toBe(204);
    const unknown = await post({ 'last-event-id': '01ARZ3NDEKTSV4RRFFQ69G5FAV.1.1' });
    expect(unknown.status).toBe(404);
    expect((await post({ 'last-event-id': 'garbage' })).status).toBe(400);
    expect(await openai.requests()).toHaveLength(0);
    expect((await world.get('/api/chat/conversations/resumes')).status).toBe(404);
  },
);
