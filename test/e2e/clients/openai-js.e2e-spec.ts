import OpenAI, { APIError, BadRequestError, InternalServerError, NotFoundError } from 'openai';
import { ClientSite } from '../../support/client-site.js';
import { ListeningFetch } from '../../support/listening-fetch.js';
import { scripts } from '../../support/scripted-openai/index.js';

/** The openai package as it is: raw streams, `.stream()`, `runTools`, `parse`. */
let site: ClientSite;
let client: OpenAI;
beforeAll(async () => {
  site = await ClientSite.open();
  client = new OpenAI({ baseURL: `${site.url}/v1`, apiKey: 'any' });
});
afterAll(() => site.close());
afterEach(() => site.reset());

type Body = OpenAI.Chat.ChatCompletionCreateParamsStreaming;
const body = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: 'user' as const, content: 'hello' }],
  ...more,
});
const open = (model: string, more: object = {}, options: object = {}) =>
  client.chat.completions.create({ ...body(model, more), stream: true } as Body, options);
async function read(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<string> {
  let text = '';
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
  return text;
}
const caught = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
  } catch (error) {
    return error;
  }
  return undefined;
};
const weather = {
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'The weather of a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
    parse: (text: string) => JSON.parse(text) as { city: string },
    function: ({ city }: { city: string }) => `rain in ${city}`,
  },
};

test('[OAI-07] plain: a document, a stream, and the stream helper', async () => {
  const whole = await client.chat.completions.create(body('plain'));
  expect(whole.choices[0]?.message.content).toBe('Hello wörld');
  expect(whole.usage?.total_tokens).toBe(15);
  expect(await read(await open('plain'))).toBe('Hello wörld');

  const helper = client.chat.completions.stream(body('plain', { stream_options: { include_usage: true } }));
  const pieces: string[] = [];
  helper.on('content', (delta) => pieces.push(delta));
  const final = await helper.finalChatCompletion();
  expect(final.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'Hello wörld' } });
  expect(final.usage?.total_tokens).toBe(15);
  expect(pieces.join('')).toBe('Hello wörld');
});

test('[OAI-07] the list of models, and one of them', async () => {
  const ids: string[] = [];
  for await (const { id } of client.models.list()) ids.push(id);
  expect(ids).toContain('plain');
  expect((await client.models.retrieve('plain')).owned_by).toBe('millrace');
  expect(await caught(client.models.retrieve('nope'))).toBeInstanceOf(NotFoundError);
});

test('[OAI-07] reasoning, in a field that the package does not know', async () => {
  let reasoning = '';
  for await (const { choices } of await open('reasoning'))
    reasoning += (choices[0]?.delta as { reasoning_content?: string } | undefined)?.reasoning_content ?? '';
  expect(reasoning).toBe('hmm ok');
  const { choices } = await client.chat.completions.create(body('reasoning'));
  expect(choices[0]?.message).toMatchObject({ content: '答案', reasoning_content: 'hmm ok' });
});

test('[OAI-07] tools of the client: the calls, and runTools to the end', async () => {
  const { choices } = await client.chat.completions
    .stream(body('weather', { tools: [weather] }))
    .finalChatCompletion();
  expect(choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      tool_calls: [{ id: 'call_weather', function: { name: 'weather', arguments: '{"city":"Paris"}' } }],
    },
  });
  for (const stream of [true, false] as const) {
    const runner = client.chat.completions.runTools({
      ...body('weather'),
      stream,
      tools: [weather],
    } as never);
    const called: string[] = [];
    (runner as { on(name: string, listener: (result: string) => void): void }).on(
      'functionToolCallResult',
      (result) => called.push(result),
    );
    expect(await (runner as { finalContent(): Promise<string> }).finalContent()).toBe('It rains.');
    expect(called).toEqual(['rain in Paris']);
  }
});

test('[OAI-07] tools of the server: only the answer is seen, and heartbeats while one works in silence', async () => {
  const helper = client.chat.completions.stream(body('sum', { mcp_servers: ['builtin'] }));
  expect(await helper.finalContent()).toBe('Let me see.\n\nIt is 5.');
  const heard = new ListeningFetch();
  const listening = client.withOptions({ fetch: heard.fetch });
  const silent = body('silent', { mcp_servers: ['everything'] });
  expect(await listening.chat.completions.stream(silent).finalContent()).toBe('Done.');
  expect(heard.heartbeats).toBeGreaterThanOrEqual(2);
});

test('[OAI-07] a structured answer is parsed', async () => {
  await site.openai.push(scripts.saying('{"city":"Paris"}'));
  const { choices } = await client.chat.completions.parse(
    body('plain', {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'city', schema: { type: 'object' }, strict: true },
      },
    }),
  );
  expect(choices[0]?.message.content).toBe('{"city":"Paris"}');
});

test('[OAI-07] an error before the answer has its class, code, field and request id, and is tried again only where that may help', async () => {
  const missing = await caught(open('nope'));
  expect(missing).toBeInstanceOf(NotFoundError);
  expect(missing).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
  expect((missing as APIError).requestID).toMatch(/^[0-9A-Z]{26}$/);
  expect(await caught(open('context-too-long'))).toBeInstanceOf(BadRequestError);

  const refused = await caught(open('bad-request'));
  expect(refused).toBeInstanceOf(InternalServerError);
  expect(refused).toMatchObject({ status: 502, code: 'upstream_rejected', type: 'server_error' });
  const before = (await site.openai.requests()).length;
  await site.openai.push(scripts.rateLimited({ 'retry-after-ms': '5' }), scripts.plain());
  expect(await read(await open('plain'))).toBe('Hello wörld');
  expect((await site.openai.requests()).length - before).toBe(2);
});

test('[OAI-07] an error after the answer began is thrown', async () => {
  const failed = await caught(open('cut').then(read));
  expect(failed).toBeInstanceOf(APIError);
  expect(failed).toMatchObject({ code: 'upstream_cut', type: 'server_error' });
  expect(await caught(client.chat.completions.stream(body('cut')).finalContent())).toMatchObject({
    code: 'upstream_cut',
  });
});

test('[OAI-07] a cut is seen, and the same Idempotency-Key gives the whole answer', async () => {
  const options = { idempotencyKey: 'cut-me', headers: { 'Idempotency-Key': 'cut-me' } };
  const opened = open('slow', {}, options);
  await site.firstPiece();
  const chunks = (await opened)[Symbol.asyncIterator]();
  await chunks.next();
  site.network.cut();
  const rest = (async () => {
    while (!(await chunks.next()).done);
  })();
  expect(await caught(rest)).toMatchObject({ message: 'terminated' });
  const again = open('slow', {}, options);
  await site.openai.release('gate', 3);
  expect(await read(await again)).toBe('one two three');
  expect(await site.openai.requests()).toHaveLength(1);
});

test.each(['break', 'abort'])('[OAI-07] [OAI-06] who leaves (%s) ends the run', async (how) => {
  const opened = open('slow');
  await site.firstPiece();
  const stream = await opened;
  for await (const _chunk of stream) {
    if (how === 'break') break;
    stream.controller.abort();
  }
  expect((await site.openai.closed(1)).closedBy).toBe('client');
});
