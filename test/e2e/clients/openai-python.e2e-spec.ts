import { ClientSite } from '../../support/client-site.js';
import { HOW_TO_INSTALL, OpenAiPython, python } from '../../support/openai-python/index.js';
import { scripts } from '../../support/scripted-openai/index.js';

/** The OpenAI package of Python as it is: documents, raw streams, `.stream()`. */
const withPython = python === undefined ? test.skip : test;
if (python === undefined) process.stderr.write(`No Python with the OpenAI package: ${HOW_TO_INSTALL}\n`);

let site: ClientSite;
let client: OpenAiPython;
beforeAll(async () => {
  site = await ClientSite.open();
  if (python !== undefined) client = new OpenAiPython(`${site.url}/v1`);
});
afterAll(async () => {
  if (python !== undefined) await client.stop();
  await site.close();
});
afterEach(() => site.reset());

interface Message {
  content: string | null;
  reasoning_content?: string;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[] | null;
}
interface Completion {
  choices: { finish_reason: string; message: Message }[];
  usage?: { total_tokens: number } | null;
}
interface Chunk {
  choices: { delta: Message }[];
}
const body = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: 'user', content: 'hello' }],
  ...more,
});
const ask = <T>(command: string, model: string, more: object = {}) =>
  client.do<T>(command, { body: body(model, more) });
const textOf = (chunks: Chunk[] = []) =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
const weather = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};

withPython('[OAI-07] plain: a document, a stream, and the stream helper', async () => {
  const { result: whole } = await ask<Completion>('document', 'plain');
  expect(whole?.choices[0]?.message.content).toBe('Hello wörld');
  expect(whole?.usage?.total_tokens).toBe(15);
  expect(textOf((await ask<Chunk[]>('stream', 'plain')).result)).toBe('Hello wörld');
  const { result: helped } = await ask<Completion>('helper', 'plain', {
    stream_options: { include_usage: true },
  });
  expect(helped?.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'Hello wörld' } });
  expect(helped?.usage?.total_tokens).toBe(15);
  expect((await client.do<string[]>('models')).result).toContain('plain');
});

withPython('[OAI-07] reasoning is there, in a field that the package does not know', async () => {
  const { result: whole } = await ask<Completion>('document', 'reasoning');
  expect(whole?.choices[0]?.message).toMatchObject({ content: '答案', reasoning_content: 'hmm ok' });
  const { result: helped } = await ask<Completion>('helper', 'reasoning');
  expect(helped?.choices[0]?.message).toMatchObject({ content: '答案', reasoning_content: 'hmm ok' });
});

withPython('[OAI-07] tools: the client’s own come back, the server’s run there', async () => {
  const { result } = await ask<Completion>('helper', 'weather', { tools: [weather] });
  expect(result?.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      tool_calls: [{ id: 'call_weather', function: { name: 'weather', arguments: '{"city":"Paris"}' } }],
    },
  });
  const { result: sum } = await ask<Completion>('helper', 'sum', {
    extra_body: { mcp_servers: ['builtin'] },
  });
  expect(sum?.choices[0]?.message.content).toBe('Let me see.\n\nIt is 5.');
});

withPython('[OAI-07] heartbeats while a tool of the server works in silence do no harm', async () => {
  const silent = { extra_body: { mcp_servers: ['everything'] } };
  const [helped, lines] = [
    await ask<Completion>('helper', 'silent', silent),
    await ask<string[]>('lines', 'silent', silent),
  ];
  expect(helped.result?.choices[0]?.message.content).toBe('Done.');
  expect(lines.result?.filter((line) => line === ': hb').length).toBeGreaterThanOrEqual(2);
});

withPython(
  '[OAI-07] an error before the answer has its class, code and request id; it is tried again only where that may help',
  async () => {
    const { error: missing } = await ask('stream', 'nope');
    expect(missing).toMatchObject({
      class: 'NotFoundError',
      status: 404,
      code: 'model_not_found',
      param: 'model',
      request_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
    });
    expect((await ask('document', 'context-too-long')).error?.class).toBe('BadRequestError');
    const before = (await site.openai.requests()).length;
    const { error: refused } = await ask('stream', 'bad-request');
    expect(refused).toMatchObject({ class: 'InternalServerError', status: 502, code: 'upstream_rejected' });
    expect((await site.openai.requests()).length - before).toBe(1);
    await site.openai.push(scripts.rateLimited({ 'retry-after-ms': '5' }), scripts.plain());
    expect(textOf((await ask<Chunk[]>('stream', 'plain')).result)).toBe('Hello wörld');
    expect((await site.openai.requests()).length - before).toBe(3);
  },
);

withPython('[OAI-07] an error after the answer began, and a cut, are raised', async () => {
  expect((await ask('stream', 'cut')).error).toMatchObject({ class: 'APIError', code: 'upstream_cut' });
  const told = client.do('stream', { body: body('slow'), tell_after: 2 });
  await site.openai.received(2);
  await site.openai.release();
  expect((await told).result).toBe(2);
  site.network.cut();
  expect((await client.next()).error?.class).toMatch(/RemoteProtocolError|ReadError|APIConnectionError/);
});

withPython('[OAI-07] [OAI-06] who leaves ends the run', async () => {
  const left = client.do<Chunk[]>('stream', { body: body('slow'), leave_after: 2 });
  await site.firstPiece();
  expect((await left).result).toHaveLength(2);
  expect((await site.openai.closed(1)).closedBy).toBe('client');
});
