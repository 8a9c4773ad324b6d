import { checkHistory, textsOf } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import { newConversation, World, type JsonAnswer } from '../support/world.js';

const { answer, done, finish, gate, saying, text, usage } = scripts;

let world: World;
beforeAll(async () => (world = await World.start({ MODEL_MAX_RETRIES: '0' })));
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

const containing = (words: string) => (item: Record<string, unknown>) => JSON.stringify(item).includes(words);
/** Says `first`, and the rest when `held` is released. */
const held = () => answer(text('first'), gate('held'), text(' rest'), finish(), usage(), done());

/** One finished turn; its run. */
async function turn(conversation_id: string, user_prompt: string, more: object = {}): Promise<string> {
  const { status, body } = await world.ask({ conversation_id, user_prompt, ...more });
  expect(status).toBe(200);
  return body['run_id'] as string;
}

async function put(conversation: string, run_id: unknown): Promise<JsonAnswer> {
  const response = await fetch(`${world.server.url}/api/chat/conversations/${conversation}/branch`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ run_id }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as JsonAnswer['body'],
  };
}

async function questionsSent(): Promise<string[][]> {
  return (await world.openai.requests()).map(({ body }) =>
    (body as { messages: { role: string; content: string }[] }).messages
      .filter(({ role }) => role === 'user')
      .map(({ content }) => content),
  );
}

describe('branches', () => {
  test('[CONV-01] regenerating and editing keep the old turns, and models see the current branch only', async () => {
    const conversation = newConversation();
    const first = await turn(conversation, 'one');
    const second = await turn(conversation, 'two');
    await world.openai.push(saying('Another answer'));
    const again = await turn(conversation, 'two', { after_run_id: first });
    const follow = await turn(conversation, 'three');
    const edited = await turn(conversation, 'one, edited', { after_run_id: null });
    expect(await questionsSent()).toEqual([
      ['one'],
      ['one', 'two'],
      ['one', 'two'],
      ['one', 'two', 'three'],
      ['one, edited'],
    ]);
    expect(await world.rounds(conversation)).toMatchObject([
      { run_id: edited, after_run_id: null, branches: [first, edited], started: true },
    ]);

    expect(await put(conversation, first)).toMatchObject({
      status: 200,
      body: { status: 'success', conversation_id: conversation, run_id: follow },
    });
    expect(await world.rounds(conversation)).toMatchObject([
      { run_id: first, branches: [first, edited] },
      { run_id: again, after_run_id: first, branches: [second, again] },
      { run_id: follow, after_run_id: again, branches: [follow] },
    ]);
    expect(await put(conversation, second)).toMatchObject({ status: 200, body: { run_id: second } });
    await turn(conversation, 'after the second');
    expect((await questionsSent()).at(-1)).toEqual(['one', 'two', 'after the second']);
  });

  test('[CONV-01] a turn can only follow, and a branch only go through, a turn of the conversation', async () => {
    const [conversation, other] = [newConversation(), newConversation()];
    await turn(conversation, 'one');
    const foreign = await turn(other, 'other');
    for (const after_run_id of [foreign, 'nothing'])
      expect(await world.ask({ conversation_id: conversation, after_run_id })).toMatchObject({
        status: 404,
        body: { code: 'run_not_found' },
      });
    expect(await put(conversation, foreign)).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
    expect(await put('nobody', foreign)).toMatchObject({
      status: 404,
      body: { code: 'conversation_not_found' },
    });
    for (const run_id of [7, '', null])
      expect(await put(conversation, run_id)).toMatchObject({
        status: 422,
        body: { code: 'invalid_request' },
      });
    expect(await world.rounds(conversation)).toHaveLength(1);
    expect((await world.openai.requests()).length).toBe(2);
  });
});

describe('the queue of a conversation', () => {
  test('[CHAT-16] holds turns on the server; one that is cancelled there is never sent to a model', async () => {
    const conversation_id = newConversation();
    await world.openai.push(held());
    const live = await world.chat({ conversation_id, user_prompt: 'one' });
    await live.frame(containing('first'));
    const waiting = await world.chat({ conversation_id, user_prompt: 'two' });
    const next = await world.chat({ conversation_id, user_prompt: 'three' });
    await next.frame(containing('run_created'));
    expect(await world.rounds(conversation_id)).toMatchObject([
      { run_id: live.runId, state: 'running', started: true },
      { run_id: waiting.runId, state: 'queued', started: false },
      { run_id: next.runId, state: 'queued', started: false, after_run_id: waiting.runId },
    ]);
    const { body } = await world.get(`/api/runs/${waiting.runId}`);
    expect(body).toMatchObject({ state: 'queued', started_at: null });

    expect(await world.cancel(waiting.runId)).toMatchObject({
      status: 202,
      body: { state: 'cancelled', stopped: { model: false, tool_call_ids: [] } },
    });
    checkHistory([await waiting.toEnd()]);
    await world.openai.release('held', 1);
    checkHistory([await live.toEnd()]);
    checkHistory([await next.toEnd()]);
    expect(await questionsSent()).toEqual([['one'], ['one', 'three']]);
    expect(await world.rounds(conversation_id)).toMatchObject([
      { state: 'completed' },
      { state: 'cancelled', started: false, messages: [{ role: 'user', content: 'two' }] },
      { state: 'completed' },
    ]);
  });

  test('[CHAT-16] refuses with 409 what asked for that, without a trace', async () => {
    const conversation_id = newConversation();
    await world.openai.push(held());
    const live = await world.chat({ conversation_id });
    await live.frame(containing('first'));
    for (const stream of [true, false])
      expect(
        await world.post('/api/chat/completions', {
          user_prompt: 'two',
          model_name: 'plain',
          conversation_id,
          on_busy: 'reject',
          stream,
        }),
      ).toMatchObject({ status: 409, body: { code: 'conversation_busy', retryable: true } });
    await world.openai.release('held', 1);
    checkHistory([await live.toEnd()]);
    expect(await world.rounds(conversation_id)).toHaveLength(1);
    expect(await world.ask({ conversation_id, on_busy: 'reject' })).toMatchObject({ status: 200 });
    expect(await world.ask({ conversation_id, on_busy: 'perhaps' })).toMatchObject({
      status: 422,
      body: { code: 'invalid_request' },
    });
  });

  test('[CHAT-16] a turn that interrupts stops what answers and what waits, keeps what was said, and goes on from it', async () => {
    const conversation_id = newConversation();
    await world.openai.push(held());
    const live = await world.chat({ conversation_id, user_prompt: 'one' });
    await live.frame(containing('first'));
    const waiting = await world.chat({ conversation_id, user_prompt: 'two' });
    await waiting.frame(containing('run_created'));
    const urgent = await world.chat({ conversation_id, user_prompt: 'now', on_busy: 'interrupt' });

    await world.openai.closed(1);
    const stopped = checkHistory([await live.toEnd()]).state;
    expect(stopped.cancelled).toMatchObject({ by: 'user', reason: 'A newer message took its place.' });
    expect(textsOf(stopped)).toEqual(['first']);
    expect(checkHistory([await waiting.toEnd()]).state.phase).toBe('cancelled');
    expect(checkHistory([await urgent.toEnd()]).state.phase).toBe('completed');
    const [, sent] = await world.openai.requests();
    expect((sent!.body as { messages: object[] }).messages).toEqual([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'first' },
      { role: 'user', content: 'now' },
    ]);
  });
});

describe('what happens outside of the turns', () => {
  test('[CONV-02] a compaction is told by the conversation and by the log of its next run', async () => {
    const conversation_id = newConversation();
    await turn(conversation_id, 'one', { model_name: 'tools', mcp_servers: ['everything'] });
    const response = await world.post(`/api/chat/conversations/${conversation_id}/compact`, {
      conversation_id,
      model_name: 'plain',
    });
    expect(response.status).toBe(200);
    const event = {
      type: 'conversation.compacted',
      conversation_id,
      compact_type: 'brutal',
      round: 1,
      tool_contents_summarized: 0,
    };
    const { body } = await world.get(`/api/chat/conversations/${conversation_id}`);
    expect(body['events']).toEqual([expect.objectContaining(event)]);
    for (const carried of [1, 0]) {
      const stream = await world.chat({ conversation_id });
      const { items } = checkHistory([await stream.toEnd()]);
      expect(items[0]).toMatchObject({ type: 'run.created' });
      expect(items.filter(({ type }) => type === 'conversation.compacted')).toHaveLength(carried);
      if (carried === 1) expect(items[1]).toMatchObject(event);
    }
  });
});
