import { checkHistory } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import { newConversation, World } from '../support/world.js';

let world: World;
beforeAll(async () => (world = await World.start({}, ['custom'])));
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

/** A time of the seed: UTC, without a zone. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/;

describe('the list of conversations', () => {
  test('[STORE-03] has the shape of the seed, with conversation_id beside _id, newest change first', async () => {
    const [first, second] = [newConversation(), newConversation()];
    await world.ask({ conversation_id: first, user_prompt: 'Tell me of millraces' });
    await world.ask({ conversation_id: second });
    await world.ask({ conversation_id: first, user_prompt: 'more' });
    const { status, body } = await world.get('/api/chat/conversations?user_id=somebody');
    const listed = body['conversations'] as Record<string, unknown>[];
    expect(status).toBe(200);
    expect(body['total_count']).toBe(listed.length);
    expect(listed.slice(0, 2).map(({ _id }) => _id)).toEqual([first, second]);
    expect(listed[0]).toEqual({
      _id: first,
      conversation_id: first,
      user_id: expect.any(String),
      type: 'chat',
      title: 'Tell me of millraces',
      created_at: expect.stringMatching(TIME),
      updated_at: expect.stringMatching(TIME),
      round_count: 2,
      total_token_usage: { total_tokens: 30, prompt_tokens: 20, completion_tokens: 10 },
      status: 'active',
      tags: [],
    });
    expect(Math.abs(Date.parse(`${String(listed[0]?.['updated_at'])}Z`) - Date.now())).toBeLessThan(60_000);
  });
});

describe('a conversation', () => {
  test('[STORE-04] has the shape of the seed', async () => {
    const conversation_id = newConversation();
    const { body: answer } = await world.ask({ conversation_id, model_name: 'reasoning' });
    const { status, body } = await world.get(`/api/chat/conversations/${conversation_id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      _id: conversation_id,
      conversation_id,
      title: 'hello',
      generation_type: 'chat',
      parsed_results: null,
      execution_chain: null,
      final_result: null,
      rounds: [
        {
          round: 1,
          run_id: answer['run_id'],
          state: 'completed',
          messages: [
            { role: 'user', content: 'hello' },
            { role: 'assistant', reasoning_content: 'hmm ok', content: '答案' },
          ],
        },
      ],
      active_run_id: null,
    });
  });

  test('[STORE-04] that nobody has is 404 in the words of the seed', async () => {
    const { status, body } = await world.get('/api/chat/conversations/nowhere');
    expect([status, body['code'], body['detail']]).toEqual([
      404,
      'conversation_not_found',
      "找不到对话 'nowhere'",
    ]);
  });

  test.each(['65f0c0ffee0123456789abcd', 'a', 'x'.repeat(128), 'A.b_c:d-e', '__proto__', 'toString'])(
    '[STORE-05] may be called %.40s',
    async (conversation_id) => {
      const { status } = await world.ask({ conversation_id });
      expect(status).toBe(200);
      expect(await world.rounds(encodeURIComponent(conversation_id))).toHaveLength(1);
    },
  );

  test.each(['', 'x'.repeat(129), '../x', 'a b', 'ü', 'a\n', 5, {}])(
    '[STORE-05] [D-21] may not be called %j',
    async (conversation_id) => {
      const { status, body } = await world.ask({ conversation_id });
      expect([status, body['code']]).toEqual([422, 'invalid_request']);
      expect(await world.openai.requests()).toEqual([]);
    },
  );
});

describe('what is stored when', () => {
  test('[STORE-01] the user message and the run are there before the answer begins, and say which run is live', async () => {
    const conversation_id = newConversation();
    const stream = await world.chat({ model_name: 'slow', conversation_id, user_prompt: ' 你好 ' });
    const { body } = await world.get(`/api/chat/conversations/${conversation_id}`);
    expect(body).toMatchObject({
      active_run_id: stream.runId,
      rounds: [{ run_id: stream.runId, messages: [{ role: 'user', content: '你好' }] }],
    });
    await world.openai.release('gate', 4);
    await stream.toEnd();
    expect((await world.get(`/api/chat/conversations/${conversation_id}`)).body['active_run_id']).toBeNull();
  });

  test('[STORE-06] [P6] who has read the terminal event finds the answer stored', async () => {
    for (const model_name of ['plain', 'cut', 'reasoning', 'refusal', 'bad-request']) {
      const conversation_id = newConversation();
      const stream = await world.chat({ model_name, conversation_id });
      await stream.frame(
        (item) => /^run_(completed|cancelled)$/.test(String(item['type'])) || 'error' in item,
      );
      const [round] = await world.rounds(conversation_id);
      expect(round?.state).toMatch(/completed|failed/);
      checkHistory([await stream.toEnd()], round?.messages);
    }
  });

  test('[STORE-07] the state of a run is what the stream says', async () => {
    const stream = await world.chat({ model_name: 'slow', conversation_id: newConversation() });
    await world.openai.received(1);
    const { body: live } = await world.get(`/api/runs/${stream.runId}`);
    expect(live).toMatchObject({
      run_id: stream.runId,
      state: 'running',
      model: 'slow',
      mode: 'chat',
      usage: null,
      error: null,
      finish_reason: null,
      ended_at: null,
    });
    await world.openai.release('gate', 4);
    await stream.toEnd();
    const { body } = await world.get(`/api/runs/${stream.runId}`);
    expect(body).toMatchObject({
      state: 'completed',
      cursor: stream.lastId,
      usage: { input_tokens: 10, output_tokens: 5 },
      finish_reason: 'stop',
      ended_at: expect.any(Number),
    });
  });

  test('[STORE-08] a long conversation is sent whole, in order', async () => {
    const conversation_id = newConversation();
    await world.openai.script('custom', scripts.saying('answer {{request}}'));
    for (let turn = 1; turn <= 12; turn += 1)
      await world.ask({ model_name: 'custom', conversation_id, user_prompt: `question ${turn}` });
    const { messages } = (await world.openai.requests()).at(-1)?.body as { messages: { content: string }[] };
    expect(messages.map(({ content }) => content)).toEqual(
      Array.from({ length: 12 }, (_, index) => [`question ${index + 1}`, `answer ${index + 1}`])
        .flat()
        .slice(0, -1),
    );
  });
});
