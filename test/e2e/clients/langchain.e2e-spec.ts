import { HumanMessage, ToolMessage, type AIMessageChunk } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { ClientSite } from '../../support/client-site.js';
import { ListeningFetch } from '../../support/listening-fetch.js';

/** ChatOpenAI of @langchain/openai as it is. */
let site: ClientSite;
beforeAll(async () => (site = await ClientSite.open()));
afterAll(() => site.close());
afterEach(() => site.reset());

const model = (name: string, more: object = {}, configuration: object = {}) =>
  new ChatOpenAI({
    model: name,
    apiKey: 'any',
    maxRetries: 0,
    configuration: { baseURL: `${site.url}/v1`, ...configuration },
    ...more,
  });
const question = new HumanMessage('hello');

/** Reads a stream to its end, as the message that its chunks add up to. */
async function read(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of stream) whole = whole?.concat(chunk) ?? chunk;
  return whole!;
}
const caught = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error);
const weather = tool(({ city }: { city: string }) => `rain in ${city}`, {
  name: 'weather',
  description: 'The weather of a city.',
  schema: { type: 'object', properties: { city: { type: 'string' } } },
});

test('[OAI-07] plain: a message, and a stream that adds up to it, with usage', async () => {
  const whole = await model('plain').invoke([question]);
  expect(whole.content).toBe('Hello wörld');
  expect(whole.usage_metadata).toMatchObject({ input_tokens: 10, output_tokens: 5, total_tokens: 15 });
  const streamed = await read(await model('plain').stream([question]));
  expect(streamed.content).toBe('Hello wörld');
  expect(streamed.usage_metadata).toMatchObject({ total_tokens: 15 });
  expect(streamed.response_metadata).toMatchObject({ finish_reason: 'stop' });
});

test('[OAI-07] reasoning', async () => {
  const streamed = await read(await model('reasoning').stream([question]));
  expect(streamed.additional_kwargs['reasoning_content']).toBe('hmm ok');
  expect(streamed.content).toBe('答案');
});

test('[OAI-07] tools of the client, and their results', async () => {
  const withTools = model('weather').bindTools([weather]);
  for (const answer of [await withTools.invoke([question]), await read(await withTools.stream([question]))]) {
    expect(answer.tool_calls).toMatchObject([
      { id: 'call_weather', name: 'weather', args: { city: 'Paris' } },
    ]);
    const result = new ToolMessage({ tool_call_id: 'call_weather', content: 'rain in Paris' });
    expect((await withTools.invoke([question, answer, result])).content).toBe('It rains.');
  }
});

test('[OAI-07] tools of the server are not seen; heartbeats while one works in silence', async () => {
  const sum = model('sum', { modelKwargs: { mcp_servers: ['builtin'] } });
  expect((await read(await sum.stream([question]))).content).toBe('Let me see.\n\nIt is 5.');
  const heard = new ListeningFetch();
  const silent = model('silent', { modelKwargs: { mcp_servers: ['everything'] } }, { fetch: heard.fetch });
  expect((await read(await silent.stream([question]))).content).toBe('Done.');
  expect(heard.heartbeats).toBeGreaterThanOrEqual(2);
});

test('[OAI-07] errors, before the answer and after it began', async () => {
  expect(await caught(model('nope').invoke([question]))).toMatchObject({
    status: 404,
    code: 'model_not_found',
  });
  expect(await caught(model('bad-request').stream([question]))).toMatchObject({
    status: 502,
    code: 'upstream_rejected',
  });
  expect(await caught(model('cut').stream([question]).then(read))).toMatchObject({ code: 'upstream_cut' });
});

test('[OAI-07] a cut is seen', async () => {
  const opened = model('slow').stream([question]);
  await site.firstPiece();
  const chunks = (await opened)[Symbol.asyncIterator]();
  await chunks.next();
  site.network.cut();
  const rest = (async () => {
    while (!(await chunks.next()).done);
  })();
  expect(await caught(rest)).toMatchObject({ message: expect.stringContaining('terminated') });
});

test('[OAI-07] [OAI-06] who aborts ends the run', async () => {
  const leaving = new AbortController();
  const opened = model('slow').stream([question], { signal: leaving.signal });
  await site.firstPiece();
  const reading = caught(
    (async () => {
      for await (const _chunk of await opened) leaving.abort();
    })(),
  );
  expect((await site.openai.closed(1)).closedBy).toBe('client');
  await reading;
});
