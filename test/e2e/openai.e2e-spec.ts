import { decodeFrames } from '../support/history-checker.js';
import { accumulate } from '../support/openai-accumulator.js';
import { scripts, type Answer, type Step } from '../support/scripted-openai/index.js';
import { SseReader } from '../support/sse-client.js';
import { World, type JsonAnswer } from '../support/world.js';

const { answer, calling, done, failing, finish, gate, saying, text, toolCalls, turns, usage } = scripts;
const COMPLETIONS = '/v1/chat/completions';

interface Completion {
  choices: { message: { content: string | null; tool_calls?: object[]; [field: string]: unknown } }[];
}
interface ProviderRequest {
  messages: { role: string; content: { image_url: { url: string } }[]; [field: string]: unknown }[];
  tools: { function: { name: string } }[];
  tool_choice?: unknown;
}

const user = (content: unknown) => ({ role: 'user', content });
const question = { model: 'plain', messages: [user('hello')] };

let world: World;
beforeAll(
  async () =>
    (world = await World.start({ DISCONNECT_GRACE_SECONDS: '0.3', MODEL_MAX_RETRIES: '0' }, [
      'custom',
      'org/model',
    ])),
);
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

const stream = (body: object = {}, headers: Record<string, string> = {}, server = world.server) =>
  SseReader.open(`${server.url}${COMPLETIONS}`, {
    method: 'POST',
    body: { ...question, stream: true, ...body },
    headers,
  });
const answerOf = async (body: object = {}) => accumulate(await (await stream(body)).toEnd());
const ask = (body: object = {}, headers: Record<string, string> = {}): Promise<JsonAnswer> =>
  world.post(COMPLETIONS, { ...question, ...body }, headers);
const messageOf = ({ body }: JsonAnswer) => (body as unknown as Completion).choices[0]!.message;
const lastRequest = async () => (await world.openai.requests()).at(-1)!.body as ProviderRequest;
const eventsOf = async (runId: string) => decodeFrames(await (await world.follow(runId)).toEnd());

/** A stream of "one ", "two " and "three", of which the first has come. */
async function slowStream(headers: Record<string, string> = {}, server = world.server): Promise<SseReader> {
  const opened = stream({ model: 'slow' }, headers, server);
  await world.openai.release();
  const reader = await opened;
  await reader.count(2);
  return reader;
}

const tool = (name: string) => ({
  type: 'function',
  function: { name, description: 'A tool.', parameters: { type: 'object', properties: {} } },
});

describe('an answer', () => {
  test('[OAI-01] [OAI-04] streams as one message, and is the same document without a stream', async () => {
    const reader = await stream({ stream_options: { include_usage: true } });
    const frames = await reader.toEnd();
    const streamed = accumulate(frames);
    expect(streamed).toMatchObject({
      role: 'assistant',
      content: 'Hello wörld',
      finishReason: 'stop',
      done: true,
    });
    expect(streamed.usage).toEqual({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 });
    expect(reader.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(frames.every(({ id, retry }) => id === undefined && retry === undefined)).toBe(true);
    expect(JSON.parse(frames[0]!.data).id).toBe(`chatcmpl-${reader.runId}`);

    const whole = await ask();
    expect(whole.status).toBe(200);
    expect(whole.headers.get('x-run-id')).toMatch(/^[0-9A-Z]{26}$/);
    expect(whole.body).toMatchObject({
      id: `chatcmpl-${whole.headers.get('x-run-id')}`,
      object: 'chat.completion',
      model: 'plain',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello wörld', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: streamed.usage,
    });
  });

  test('[OAI-01] has reasoning and refusals in their own fields', async () => {
    expect(await answerOf({ model: 'reasoning' })).toMatchObject({ reasoning: 'hmm ok', content: '答案' });
    expect(messageOf(await ask({ model: 'reasoning' }))).toMatchObject({
      reasoning_content: 'hmm ok',
      content: '答案',
    });
    expect(await answerOf({ model: 'refusal' })).toMatchObject({
      refusal: 'I cannot help with that.',
      content: '',
    });
    expect(messageOf(await ask({ model: 'refusal' }))).toMatchObject({
      refusal: 'I cannot help with that.',
      content: null,
    });
  });

  test('[OAI-02] is asked of the provider with what the client sent', async () => {
    const parts = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
    ];
    const fields = {
      messages: [{ role: 'developer', content: 'Be brief.' }, user(parts)],
      temperature: 0,
      seed: 7,
      stop: ['END'],
      max_completion_tokens: 20,
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } },
      reasoning_effort: 'low',
      logit_bias: { 50256: -100 },
      user: 'someone',
    };
    await ask({ ...fields, n: 1, top_p: null, store: false });
    expect(await lastRequest()).toEqual({
      ...fields,
      model: 'plain',
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test('[OAI-04] carries the log probabilities that were asked for', async () => {
    const token = (value: string) => ({ token: value, logprob: -0.1, bytes: [1], top_logprobs: [] });
    const piece = (value: string): Step => ({
      do: 'chunk',
      fields: {
        choices: [
          {
            index: 0,
            delta: { content: value },
            logprobs: { content: [token(value)], refusal: null },
            finish_reason: null,
          },
        ],
      },
    });
    const script = answer(piece('Hel'), piece('lo'), finish(), done());
    await world.openai.script('custom', script);
    const fields = { model: 'custom', logprobs: true, top_logprobs: 0 };
    const streamed = await answerOf(fields);
    expect(streamed).toMatchObject({ content: 'Hello', logprobs: [token('Hel'), token('lo')] });
    expect((await ask(fields)).body['choices']).toMatchObject([
      { logprobs: { content: [token('Hel'), token('lo')], refusal: null } },
    ]);
    expect((await answerOf({ model: 'custom' })).logprobs).toEqual([]);
  });

  test('[OAI-01] of a model whose limit was reached ends with length', async () => {
    await world.openai.push(answer(text('Hel'), finish('length'), done()));
    expect((await answerOf()).finishReason).toBe('length');
  });
});

describe('tools', () => {
  const weather = { id: 'call_1', name: 'weather', args: { city: 'Paris' } };

  test('[OAI-03] of the client come back to it, and their results go on', async () => {
    await world.openai.script('custom', turns(calling(weather), saying('It rains.')));
    const fields = { model: 'custom', tools: [tool('weather')], tool_choice: 'auto' };
    const streamed = await answerOf(fields);
    expect(streamed).toMatchObject({
      finishReason: 'tool_calls',
      calls: [{ id: 'call_1', type: 'function', name: 'weather', arguments: '{"city":"Paris"}' }],
    });
    expect(await lastRequest()).toMatchObject({ tools: [tool('weather')], tool_choice: 'auto' });

    const first = await ask(fields);
    const message = messageOf(first);
    expect(message).toMatchObject({ content: null, tool_calls: [{ id: 'call_1', type: 'function' }] });
    const result = { role: 'tool', tool_call_id: 'call_1', content: 'rain' };
    const second = await ask({ ...fields, messages: [...question.messages, message, result] });
    expect(messageOf(second).content).toBe('It rains.');
    expect((await lastRequest())['messages'].slice(1)).toEqual([
      { role: 'assistant', content: null, tool_calls: message.tool_calls },
      result,
    ]);
  });

  test('[OAI-03] of the server run and are not seen', async () => {
    const calls = [{ id: 'a', name: 'builtin__calculate', args: { expression: '2+3' } }];
    const script = turns(
      answer(text('Let me see.'), toolCalls(calls), finish('tool_calls'), usage(), done()),
      saying('It is 5.'),
    );
    await world.openai.script('custom', script);
    const fields = { model: 'custom', mcp_servers: ['builtin'], tool_choice: 'required' };
    const reader = await stream({ ...fields, stream_options: { include_usage: true } });
    const streamed = accumulate(await reader.toEnd());
    expect(streamed).toMatchObject({ content: 'Let me see.\n\nIt is 5.', calls: [], finishReason: 'stop' });
    expect(streamed.usage).toMatchObject({ total_tokens: 30 });
    expect(reader.text).not.toContain('calculate');
    const [first, second] = (await world.openai.requests()).map(({ body }) => body as ProviderRequest);
    expect(first!['tool_choice']).toBe('required');
    expect(second!['tool_choice']).toBeUndefined();
    expect(second!['messages'].slice(-2)).toMatchObject([
      { role: 'assistant', content: 'Let me see.' },
      { role: 'tool', content: '5' },
    ]);
    expect(messageOf(await ask(fields)).content).toBe(streamed.content);
  });

  test('[OAI-03] of both in one step: the client’s come back, the server’s are not run', async () => {
    const mixed = calling({ id: 'a', name: 'builtin__calculate', args: { expression: '2+3' } }, weather);
    await world.openai.script('custom', mixed);
    const reader = await stream({ model: 'custom', tools: [tool('weather')], mcp_servers: ['builtin'] });
    expect(accumulate(await reader.toEnd()).calls).toMatchObject([{ id: 'call_1', name: 'weather' }]);
    const results = (await eventsOf(reader.runId)).filter((event) => event.type === 'tool_result');
    expect(results).toMatchObject([{ tool_call_id: 'a', status: 'cancelled' }]);
    expect(await world.openai.requests()).toHaveLength(1);
  });

  test('[OAI-03] of the same name are the client’s', async () => {
    await world.openai.script('custom', calling({ id: 'a', name: 'builtin__calculate', args: {} }));
    const fields = { model: 'custom', tools: [tool('builtin__calculate')], mcp_servers: ['builtin'] };
    expect((await answerOf(fields)).calls).toHaveLength(1);
    const names = (await lastRequest())['tools'].map((one) => one.function.name);
    expect(names.filter((name: string) => name === 'builtin__calculate')).toHaveLength(1);
  });
});

describe('an error', () => {
  const errors: [name: string, script: Answer, status: number, error: object, retry: string][] = [
    ['a refusal', failing(400), 502, { type: 'server_error', code: 'upstream_rejected' }, 'false'],
    [
      'a field that the client set',
      failing(400, { message: 'temperature must be at most 2', param: 'temperature' }),
      400,
      {
        type: 'invalid_request_error',
        code: 'parameter_rejected',
        message: 'temperature must be at most 2',
      },
      'false',
    ],
    [
      'a wrong key',
      scripts.unauthorized(),
      502,
      { type: 'server_error', code: 'upstream_unauthorized' },
      'false',
    ],
    [
      'its limit',
      scripts.rateLimited({ 'retry-after': '3' }),
      502,
      { code: 'upstream_rate_limited' },
      'true',
    ],
    ['being down', failing(503), 502, { type: 'server_error', code: 'upstream_unavailable' }, 'true'],
    [
      'a context that is too long',
      scripts.contextTooLong(),
      400,
      { type: 'invalid_request_error', code: 'context_length_exceeded' },
      'false',
    ],
  ];
  test.each(errors)(
    '[OAI-05] of the provider, before the answer, has a status: %s',
    async (_name, script, status, error, retry) => {
      for (const streamed of [true, false]) {
        await world.openai.push(script);
        const refused = await ask({ stream: streamed, temperature: 3 });
        expect(refused.status).toBe(status);
        expect(refused.body['error']).toMatchObject({ param: null, ...error });
        expect(refused.body).toMatchObject({ status, code: (error as { code: string }).code });
        expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
        expect(refused.headers.get('x-should-retry')).toBe(retry);
        expect(refused.headers.get('x-request-id')).toBe(refused.body['trace_id']);
        expect(refused.headers.get('x-run-id')).toBe(refused.body['run_id']);
        const asked = (error as { code: string }).code === 'upstream_rate_limited';
        expect(refused.headers.get('retry-after')).toBe(asked ? '3' : null);
        expect(refused.headers.get('retry-after-ms')).toBe(asked ? '3000' : null);
      }
    },
  );

  test('[OAI-05] after the answer began is a frame, which ends the stream without [DONE]', async () => {
    const streamed = await answerOf({ model: 'cut' });
    expect(streamed).toMatchObject({
      content: 'Hello',
      done: false,
      error: { type: 'server_error', code: 'upstream_cut', param: null },
    });
    expect((await ask({ model: 'cut' })).status).toBe(502);
  });

  test('[OAI-02] [OAI-05] of a field names it', async () => {
    const wrong = await ask({ messages: [user([{ type: 'text' }])], stream: true });
    expect(wrong.status).toBe(400);
    expect(wrong.body['error']).toEqual({
      message: 'messages[0].content[0].text: is missing',
      type: 'invalid_request_error',
      param: 'messages[0].content[0].text',
      code: 'invalid_parameter',
    });
    const unsupported = await ask({ n: 2 });
    expect([unsupported.status, unsupported.body['error']]).toEqual([
      400,
      expect.objectContaining({ param: 'n', code: 'unsupported_value' }),
    ]);
    expect(await world.openai.requests()).toHaveLength(0);
  });

  test('[OAI-05] of an unknown model or path has OpenAI’s form too', async () => {
    const answers = [
      await ask({ model: 'gpt-99' }),
      await world.get('/v1/models/gpt-99'),
      await world.post('/v1/embeddings', {}),
      await world.get(COMPLETIONS),
    ];
    expect(answers.map(({ status, body }) => [status, (body['error'] as { code: string }).code])).toEqual([
      [404, 'model_not_found'],
      [404, 'model_not_found'],
      [404, 'not_found'],
      [405, 'method_not_allowed'],
    ]);
    const native = await world.get('/api/nowhere');
    expect(native.body).not.toHaveProperty('error');
    expect(native.headers.has('x-should-retry')).toBe(false);
  });
});

describe('headers', () => {
  test('[OAI-05] wait for the answer at most one heartbeat; what fails later is a frame', async () => {
    const server = await world.another({ SSE_HEARTBEAT_SECONDS: '0.2' });
    await world.openai.push(answer(gate(), text('Hel'), finish(), done()));
    const slow = await stream({}, {}, server);
    expect(slow.frames).toHaveLength(0);
    await slow.heartbeat(2);
    await world.openai.release();
    expect(accumulate(await slow.toEnd())).toMatchObject({ content: 'Hel', done: true });
    expect(slow.text.startsWith(': hb\n')).toBe(true);

    await world.openai.push({ ...failing(400), steps: [...gate(), ...failing(400).steps] });
    const failed = await stream({}, {}, server);
    await failed.heartbeat();
    await world.openai.release();
    const { error, done: isDone } = accumulate(await failed.toEnd());
    expect(error).toMatchObject({ code: 'upstream_rejected' });
    expect(isDone).toBe(false);
  });

  test('[OAI-03] heartbeats come while a tool of the server works in silence', async () => {
    const server = await world.another({ SSE_HEARTBEAT_SECONDS: '0.2' });
    const call = {
      id: 'a',
      name: 'everything__trigger-long-running-operation',
      args: { duration: 1, steps: 1 },
    };
    await world.openai.script('custom', turns(calling(call), saying('Done.')));
    const reader = await stream({ model: 'custom', mcp_servers: ['everything'] }, {}, server);
    expect(accumulate(await reader.toEnd())).toMatchObject({ content: 'Done.', done: true });
    expect(reader.heartbeats.length).toBeGreaterThanOrEqual(2);
  });

  test('[SSE-08] a reader that cannot resume is not moved by a drain', async () => {
    const server = await world.another({ SHUTDOWN_SECONDS: '10' });
    const reader = await slowStream({ 'x-stream-resume': '1' }, server);
    const stopped = server.stop();
    await world.openai.release('gate', 3);
    expect(accumulate(await reader.toEnd())).toMatchObject({ content: 'one two three', done: true });
    await stopped;
  });
});

describe('a reader', () => {
  test('[OAI-06] that leaves ends the run after the grace, and closes the model’s answer', async () => {
    const reader = await slowStream();
    reader.leave();
    expect((await world.openai.closed(1)).closedBy).toBe('client');
    expect(await world.ended(reader.runId)).toMatchObject({ state: 'cancelled' });
  });

  test('[OAI-06] that waits without a stream and leaves ends it too', async () => {
    const leaving = new AbortController();
    const asked = fetch(`${world.server.url}${COMPLETIONS}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...question, model: 'slow' }),
      signal: leaving.signal,
    }).catch(() => undefined);
    await world.openai.received(1);
    leaving.abort();
    await asked;
    expect((await world.openai.closed(1)).closedBy).toBe('client');
  });

  test('[OAI-06] with the same Idempotency-Key gets the same run from its beginning', async () => {
    const key = { 'idempotency-key': 'once' };
    const first = await slowStream(key);
    const second = await stream({ model: 'slow' }, key);
    await world.openai.release('gate', 3);
    const answers = [accumulate(await first.toEnd()), accumulate(await second.toEnd())];
    expect(answers[0]).toMatchObject({ content: 'one two three', done: true });
    expect(answers[1]).toEqual(answers[0]);
    expect(messageOf(await ask({ model: 'slow' }, key)).content).toBe('one two three');
    expect(await world.openai.requests()).toHaveLength(1);
    const other = await ask({ model: 'plain' }, key);
    expect([other.status, other.body['code']]).toEqual([422, 'idempotency_mismatch']);
    expect(other.headers.get('x-should-retry')).toBe('false');
  });

  test('[RUN-03] that names a position of its run resumes it, and starts no other', async () => {
    const reader = await stream();
    const frames = await reader.toEnd();
    const events = await eventsOf(reader.runId);
    await world.openai.reset();
    const cut = events.findIndex((event) => event.type === 'text.delta');
    const after = { 'last-event-id': `${reader.runId}.1.${(events[cut] as { seq: number }).seq}` };
    const rest = await (await stream({}, after)).toEnd();
    expect(accumulate([...frames.slice(0, frames.length - rest.length), ...rest])).toEqual(
      accumulate(frames),
    );
    expect(messageOf(await ask({}, after)).content).toBe('Hello wörld');
    expect(await world.openai.requests()).toHaveLength(0);
  });
});

test('[OAI-02] a request may be as large as COMPAT_BODY_LIMIT, which is larger than the native one', async () => {
  const image = `data:image/png;base64,${'A'.repeat(2 * 1024 * 1024)}`;
  const large = { messages: [user([{ type: 'image_url', image_url: { url: image } }])] };
  expect((await ask(large)).status).toBe(200);
  expect((await lastRequest()).messages[0]?.content[0]?.image_url.url).toBe(image);
  const tooLarge = await ask({ messages: [user('x'.repeat(16 * 1024 * 1024))] });
  expect([tooLarge.status, (tooLarge.body['error'] as { code: string }).code]).toEqual([
    413,
    'body_too_large',
  ]);
});

test('[OAI-07] GET /v1/models lists the models by name, and one of them, with slashes too', async () => {
  const { body } = await world.get('/v1/models');
  expect(body['object']).toBe('list');
  expect(body['data']).toContainEqual({ id: 'plain', object: 'model', created: 0, owned_by: 'millrace' });
  for (const path of ['org/model', 'org%2Fmodel'])
    expect((await world.get(`/v1/models/${path}`)).body).toMatchObject({ id: 'org/model', object: 'model' });
  expect(JSON.stringify(body)).not.toContain('sk-canary-42');
});
