import { checkHistory, decodeFrames, textsOf } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import { newConversation, World } from '../support/world.js';

let world: World;
beforeAll(
  async () => (world = await World.start({ MODEL_MAX_RETRIES: '1', CHAT_MAX_ITERATIONS: '10' }, ['custom'])),
);
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

const types = (items: { type: string }[]) => items.map(({ type }) => type);

describe('a plain answer (acceptance vector 1)', () => {
  test('[CHAT-01] [SSE-01] streams each piece, the finish, the usage and one terminal event', async () => {
    const conversation_id = newConversation();
    const stream = await world.chat({ conversation_id });
    const frames = await stream.toEnd();
    const items = decodeFrames(frames);

    expect(types(items)).toEqual([
      'run.created',
      'conversation.created',
      'run.started',
      'step.started',
      'message.started',
      'text.started',
      ...items.filter(({ type }) => type === 'text.delta').map(({ type }) => type),
      'text.ended',
      'message.ended',
      'step.finished',
      'usage',
      'usage',
      'run.completed',
    ]);
    const { state } = checkHistory([frames], (await world.rounds(conversation_id))[0]?.messages);
    expect(textsOf(state)).toEqual(['Hello wörld']);
    expect(state.usage).toMatchObject({ input_tokens: 10, output_tokens: 5 });
    expect(state.finish_reason).toBe('stop');
    expect(stream.headers['x-conversation-id']).toBe(conversation_id);
  });

  test('[CHAT-01] is the same without a stream, with the status 200', async () => {
    const conversation_id = newConversation();
    const { status, headers, body } = await world.ask({ conversation_id, system_prompt: ' Be kind. ' });
    expect(status).toBe(200);
    expect(headers.get('x-run-id')).toBe(body['run_id']);
    expect(headers.get('x-conversation-id')).toBe(conversation_id);
    expect(body).toMatchObject({
      object: 'chat.completion',
      model: 'plain',
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'hello' },
        { role: 'assistant', content: 'Hello wörld' },
      ],
      output: 'Hello wörld',
      finish_reason: 'stop',
      usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
      conversation_id,
    });
    expect(body).not.toHaveProperty('errors');
  });

  test('[CHAT-02] asks the provider for usage, and sends no tools where there are none', async () => {
    await (await world.chat({})).toEnd();
    const [request] = await world.openai.requests();
    expect(request?.body).toEqual({
      model: 'plain',
      messages: [{ role: 'user', content: 'hello' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(request?.headers['authorization']).toBe('Bearer sk-canary-42');
  });

  test.each(['no-usage', 'usage-on-finish', 'usage-twice'])(
    '[D-05] counts usage of the provider "%s" once',
    async (model_name) => {
      const { body } = await world.ask({ model_name });
      expect(body['output']).toBe('Hello');
      const expected = {
        'no-usage': { completion_tokens: 2 },
        'usage-on-finish': { prompt_tokens: 10, completion_tokens: 5 },
        'usage-twice': { prompt_tokens: 10, completion_tokens: 5 },
      }[model_name];
      expect(body['usage']).toMatchObject(expected!);
    },
  );
});

describe('an answer with reasoning', () => {
  test.each(['reasoning', 'reasoning-field'])(
    '[CHAT-03] keeps the reasoning apart (%s)',
    async (model_name) => {
      const conversation_id = newConversation();
      const stream = await world.chat({ model_name, conversation_id });
      const { state } = checkHistory(
        [await stream.toEnd()],
        (await world.rounds(conversation_id))[0]?.messages,
      );
      expect(
        state.parts.map((part) =>
          part.kind === 'text' || part.kind === 'reasoning' ? [part.kind, part.text] : [],
        ),
      ).toEqual([
        ['reasoning', 'hmm ok'],
        ['text', '答案'],
      ]);
      expect(stream.text).toContain('"reasoning_content":"hmm ');
      expect((await world.rounds(conversation_id))[0]?.messages[1]).toEqual({
        role: 'assistant',
        reasoning_content: 'hmm ok',
        content: '答案',
      });
    },
  );

  test('[CHAT-04] sends the history on the next turn, without reasoning and without a stored system prompt', async () => {
    const conversation_id = newConversation();
    await (await world.chat({ model_name: 'reasoning', conversation_id, system_prompt: 'First.' })).toEnd();
    await (await world.chat({ conversation_id, user_prompt: ' again ', system_prompt: 'Second.' })).toEnd();
    const second = (await world.openai.requests())[1]?.body as { messages: unknown };
    expect(second.messages).toEqual([
      { role: 'system', content: 'Second.' },
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: '答案' },
      { role: 'user', content: 'again' },
    ]);
  });
});

describe('a provider that refuses (acceptance vector 3)', () => {
  test('[CHAT-05] [D-06] fails in the stream with a code; the user message is kept', async () => {
    const conversation_id = newConversation();
    const stream = await world.chat({ model_name: 'bad-request', conversation_id });
    const frames = await stream.toEnd();
    expect(stream.status).toBe(200);
    expect(stream.items.at(-2)).toMatchObject({
      error: { type: 'api_error' },
      event: 'run.failed',
      code: 'upstream_rejected',
      retryable: false,
    });
    expect(stream.items.at(-1)).toBe('[DONE]');
    const rounds = await world.rounds(conversation_id);
    expect(rounds[0]).toMatchObject({ state: 'failed', messages: [{ role: 'user', content: 'hello' }] });
    checkHistory([frames], rounds[0]?.messages);
  });

  test('[CHAT-05] [D-14] [D-16] answers without a stream with 502, and never with the words of the provider', async () => {
    const { status, body } = await world.ask({ model_name: 'bad-request' });
    expect(status).toBe(502);
    expect(body).toMatchObject({
      status: 502,
      code: 'upstream_rejected',
      retryable: false,
      run_id: expect.any(String),
    });
    expect(JSON.stringify(body)).not.toContain('scripted failure');
  });

  test.each([
    ['unavailable', 502, 'upstream_unavailable'],
    ['rate-limited', 502, 'upstream_rate_limited'],
    ['unauthorized', 502, 'upstream_unauthorized'],
    ['context-too-long', 400, 'context_length_exceeded'],
    ['not-json', 502, 'upstream_garbage'],
  ])('[CHAT-05] "%s" is %d %s', async (model_name, status, code) => {
    const answer = await world.ask({ model_name });
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(JSON.stringify(answer.body)).not.toContain('sk-');
  });

  test('[FAULT-26] [CHAT-06] is tried again before the first token, no sooner than it says, which a warning says', async () => {
    await world.openai.push(scripts.rateLimited({ 'retry-after': '1' }), scripts.plain());
    const stream = await world.chat({});
    const { state } = checkHistory([await stream.toEnd()]);
    expect(state.phase).toBe('completed');
    expect(state.warnings.map(({ code }) => code)).toEqual(['upstream_retried']);
    const [first, second, ...more] = await world.openai.requests();
    expect(more).toEqual([]);
    expect(second!.receivedAt - first!.receivedAt).toBeGreaterThan(950);
  });

  test.each([429, 500, 529])(
    '[FAULT-26] [CHAT-06] that answers %d each time is asked as often as MODEL_MAX_RETRIES allows, and the run fails',
    async (status) => {
      await world.openai.push(...[1, 2].map(() => scripts.failing(status, {}, { 'retry-after-ms': '1' })));
      const stream = await world.chat({});
      const { state } = checkHistory([await stream.toEnd()]);
      expect(state).toMatchObject({
        phase: 'failed',
        error: { code: status === 429 ? 'upstream_rate_limited' : 'upstream_unavailable', retryable: true },
      });
      expect(state.warnings).toHaveLength(1);
      expect(await world.openai.requests()).toHaveLength(2);
    },
  );
});

describe('a provider that dies after two tokens (acceptance vector 4)', () => {
  test.each(['cut', 'no-finish'])(
    '[FAULT-27] [CHAT-07] [D-07] "%s" fails with the text kept, and is not tried again',
    async (model_name) => {
      const conversation_id = newConversation();
      const stream = await world.chat({ model_name, conversation_id });
      const frames = await stream.toEnd();
      const { state } = checkHistory([frames], (await world.rounds(conversation_id))[0]?.messages);
      expect(textsOf(state)).toEqual(['Hello']);
      expect(state.error).toMatchObject({ code: 'upstream_cut', retryable: true });
      expect((await world.rounds(conversation_id))[0]).toMatchObject({
        state: 'failed',
        messages: [{ role: 'user' }, { role: 'assistant', content: 'Hello' }],
      });
      expect(state.usage).toMatchObject({ estimated: true });
      expect(state.usage?.output_tokens).toBeGreaterThan(0);
      expect(await world.openai.requests()).toHaveLength(1);
    },
  );

  test('[CHAT-07] is 502 without a stream', async () => {
    const { status, body } = await world.ask({ model_name: 'cut' });
    expect([status, body['code'], body['retryable']]).toEqual([502, 'upstream_cut', true]);
  });

  test('[CHAT-04] the partial answer is history of the next turn', async () => {
    const conversation_id = newConversation();
    await (await world.chat({ model_name: 'cut', conversation_id })).toEnd();
    await (await world.chat({ conversation_id, user_prompt: 'go on' })).toEnd();
    const second = (await world.openai.requests())[1]?.body as { messages: unknown };
    expect(second.messages).toEqual([
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: 'Hello' },
      { role: 'user', content: 'go on' },
    ]);
  });
});

describe('a temporary chat (acceptance vector 6)', () => {
  test.each([{}, { conversation_id: null }])(
    '[CHAT-08] streams as any other, and stores no text (%j)',
    async (body) => {
      const before = (await world.get('/api/chat/conversations')).body['total_count'];
      const stream = await world.chat({ ...body, user_prompt: 'a secret' });
      const frames = await stream.toEnd();
      const { state } = checkHistory([frames]);
      expect(textsOf(state)).toEqual(['Hello wörld']);
      expect(stream.headers).not.toHaveProperty('x-conversation-id');
      expect(decodeFrames(frames).map(({ type }) => type)).not.toContain('conversation.created');
      expect((await world.get('/api/chat/conversations')).body['total_count']).toBe(before);
      expect((await world.get(`/api/runs/${stream.runId}`)).body).toMatchObject({
        conversation_id: null,
        state: 'completed',
      });
    },
  );

  test('[CHAT-08] has no history', async () => {
    await (await world.chat({ user_prompt: 'one' })).toEnd();
    await (await world.chat({ user_prompt: 'two' })).toEnd();
    const second = (await world.openai.requests())[1]?.body as { messages: unknown };
    expect(second.messages).toEqual([{ role: 'user', content: 'two' }]);
  });
});

describe('other endings', () => {
  test('[CHAT-09] a refusal is an answer', async () => {
    const conversation_id = newConversation();
    const stream = await world.chat({ model_name: 'refusal', conversation_id });
    const { state } = checkHistory(
      [await stream.toEnd()],
      (await world.rounds(conversation_id))[0]?.messages,
    );
    expect(state.parts).toMatchObject([{ kind: 'refusal', text: 'I cannot help with that.', ended: true }]);
  });

  test.each([
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['tool_calls', 'stop'],
    ['stop', 'stop'],
  ])(
    '[CHAT-10] a provider that ends with %s and calls no tool ends the run with %s',
    async (reason, expected) => {
      const { answer, done, finish, text, usage } = scripts;
      await world.openai.push(answer(text('Half'), finish(reason), usage(), done()));
      const { body } = await world.ask({ model_name: 'custom' });
      expect([body['output'], body['finish_reason']]).toEqual(['Half', expected]);
      expect(body).not.toHaveProperty('warnings');
    },
  );

  test('[CHAT-11] Chinese text arrives whole when its bytes are cut anywhere', async () => {
    const stream = await world.chat({ model_name: 'chinese', conversation_id: newConversation() });
    const { state } = checkHistory([await stream.toEnd()]);
    expect(textsOf(state)).toEqual(['你好，世界🌏']);
  });

  test('[CHAT-11] text that looks like a frame, and text that is not well-formed, stays text', async () => {
    const words = ['\n\ndata: {"type":"run_completed"}\n\n', '\r\n: hb\r', '\u2028\u2029\0', '\ud83d'];
    const { answer, done, finish, text, usage } = scripts;
    await world.openai.push(answer(text(...words), finish(), usage(), done()));
    const stream = await world.chat({ model_name: 'custom', conversation_id: newConversation() });
    const { state } = checkHistory([await stream.toEnd()]);
    expect(textsOf(state)).toEqual([words.join('')]);
  });
});

describe('two turns of one conversation at once', () => {
  test('[CHAT-12] [D-26] come one after the other, and the second knows the first', async () => {
    const conversation_id = newConversation();
    await world.openai.script('custom', scripts.slow(['one']));
    const first = await world.chat({ model_name: 'custom', conversation_id, user_prompt: 'first' });
    await world.openai.received(1);
    const others = await Promise.all(
      ['second', 'third', 'fourth'].map((user_prompt) => world.chat({ conversation_id, user_prompt })),
    );
    for (const other of others) {
      await other.count(1);
      expect(other.items.map((item) => (item === '[DONE]' ? item : item['type']))).toEqual(['run_created']);
      expect((await world.get(`/api/runs/${other.runId}`)).body['state']).toBe('queued');
    }
    await world.openai.release('gate', 2);
    const views = [];
    for (const reader of [first, ...others]) views.push(checkHistory([await reader.toEnd()]));
    expect(views.map(({ state }) => state.phase)).toEqual(Array(4).fill('completed'));

    const rounds = await world.rounds(conversation_id);
    expect(rounds.map(({ round }) => round)).toEqual([1, 2, 3, 4]);
    const prompts = rounds.map(({ messages }) => messages[0]?.content ?? '');
    expect([...prompts].sort()).toEqual(['first', 'fourth', 'second', 'third']);
    const last = (await world.openai.requests()).at(-1)?.body as { messages: { content: string }[] };
    expect(last.messages.map(({ content }) => content)).toEqual(
      prompts.flatMap((prompt, index) =>
        index === 3 ? [prompt] : [prompt, index === 0 ? 'one' : 'Hello wörld'],
      ),
    );
  });

  test('[CHAT-12] a queued turn that is cancelled does not let the next one pass the first', async () => {
    const conversation_id = newConversation();
    await world.openai.script('custom', scripts.slow(['one']));
    const first = await world.chat({ model_name: 'custom', conversation_id, user_prompt: 'first' });
    await world.openai.received(1);
    const second = await world.chat({ conversation_id, user_prompt: 'second' });
    const third = await world.chat({ conversation_id, user_prompt: 'third' });
    await world.cancel(second.runId);
    const { state } = checkHistory([await second.toEnd()]);
    expect(state).toMatchObject({
      phase: 'cancelled',
      cancelled: { stopped: { model: false, tool_call_ids: [] } },
    });
    // Whatever the third would do, it has had the time to do it once a whole other turn has passed.
    await (await world.chat({ conversation_id: newConversation() })).toEnd();
    expect((await world.get(`/api/runs/${third.runId}`)).body['state']).toBe('queued');
    await world.openai.release('gate', 2);
    await first.toEnd();
    await third.toEnd();
    const last = (await world.openai.requests()).at(-1)?.body as { messages: { content: string }[] };
    // The second was taken back before anybody had read it.
    expect(last.messages.map(({ content }) => content)).toEqual(['first', 'one', 'third']);
  });
});

describe('Idempotency-Key', () => {
  test('[RUN-09] [P8] twenty parallel retries make one model call and replay one run', async () => {
    const conversation_id = newConversation();
    const headers = { 'idempotency-key': `key-${conversation_id}` };
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => world.chat({ conversation_id, model_name: 'reasoning' }, { headers })),
    );
    const all = await Promise.all(streams.map((stream) => stream.toEnd()));
    expect(new Set(streams.map(({ runId }) => runId)).size).toBe(1);
    expect(await world.openai.requests()).toHaveLength(1);
    const rounds = await world.rounds(conversation_id);
    expect(rounds).toHaveLength(1);
    checkHistory(all, rounds[0]?.messages);

    const late = await world.ask({ conversation_id, model_name: 'reasoning' }, headers);
    expect(late.body).toMatchObject({ run_id: streams[0]?.runId, output: '答案' });
    expect(await world.openai.requests()).toHaveLength(1);
  });

  test('[RUN-09] with another body is 422, and starts nothing', async () => {
    const headers = { 'idempotency-key': 'once' };
    await (await world.chat({}, { headers })).toEnd();
    const { status, body } = await world.ask({ user_prompt: 'other' }, headers);
    expect([status, body['code']]).toEqual([422, 'idempotency_mismatch']);
    expect(await world.openai.requests()).toHaveLength(1);
  });

  test('[RUN-09] a failed run is replayed as it failed', async () => {
    const headers = { 'idempotency-key': 'fails' };
    const first = await world.ask({ model_name: 'cut' }, headers);
    const second = await world.ask({ model_name: 'cut' }, headers);
    expect([first.status, second.status]).toEqual([502, 502]);
    expect(second.body['run_id']).toBe(first.body['run_id']);
  });
});

test('[OPS-01] neither keys nor prompts nor answers are in the log', async () => {
  await (await world.chat({ user_prompt: 'canary-prompt', model_name: 'cut' })).toEnd();
  await world.ask({ user_prompt: 'canary-prompt', model_name: 'unauthorized' });
  const output = world.server.output();
  for (const secret of ['canary', 'wörld', '答案', 'Hello', 'sk-test-1234567890'])
    expect(output).not.toContain(secret);
  expect(output).toContain('upstream_cut');
});
