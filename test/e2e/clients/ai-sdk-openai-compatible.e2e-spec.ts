import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, isStepCount, jsonSchema, streamText, tool } from 'ai';
import { ClientSite } from '../../support/client-site.js';
import { ListeningFetch } from '../../support/listening-fetch.js';

/** The AI SDK with its provider for servers that are compatible with OpenAI. */
let site: ClientSite;
beforeAll(async () => (site = await ClientSite.open()));
afterAll(() => site.close());
afterEach(() => site.reset());

const provider = (fetch?: typeof globalThis.fetch) =>
  createOpenAICompatible({
    name: 'millrace',
    baseURL: `${site.url}/v1`,
    apiKey: 'any',
    includeUsage: true,
    ...(fetch && { fetch }),
  });
const ask = (model: string, more: object = {}, fetch?: typeof globalThis.fetch) => ({
  model: provider(fetch)(model),
  prompt: 'hello',
  maxRetries: 0,
  ...more,
});
/** Reads a stream to its end; errors are parts of it. */
async function read(options: Parameters<typeof streamText>[0]) {
  const errors: unknown[] = [];
  const result = streamText({ ...options, onError: ({ error }) => void errors.push(error) });
  let text = '';
  let reasoning = '';
  for await (const part of result.fullStream) {
    if (part.type === 'text-delta') text += part.text;
    if (part.type === 'reasoning-delta') reasoning += part.text;
  }
  return { text, reasoning, errors, result };
}
const caught = (work: PromiseLike<unknown>) =>
  Promise.resolve(work).then(
    () => undefined,
    (error: unknown) => error,
  );
const weather = tool({
  description: 'The weather of a city.',
  inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } }),
  execute: ({ city }) => `rain in ${city}`,
});

test('[OAI-07] plain: a text and a stream, with usage and finish reason', async () => {
  const whole = await generateText(ask('plain'));
  expect(whole).toMatchObject({ text: 'Hello wörld', finishReason: 'stop', usage: { totalTokens: 15 } });
  const { text, errors, result } = await read(ask('plain'));
  expect({ text, errors }).toEqual({ text: 'Hello wörld', errors: [] });
  expect(await result.usage).toMatchObject({ inputTokens: 10, outputTokens: 5, totalTokens: 15 });
  expect(await result.finishReason).toBe('stop');
});

test('[OAI-07] reasoning is its own part', async () => {
  expect(await read(ask('reasoning'))).toMatchObject({ reasoning: 'hmm ok', text: '答案', errors: [] });
  expect(await generateText(ask('reasoning'))).toMatchObject({ reasoningText: 'hmm ok', text: '答案' });
});

test('[OAI-07] tools of the client are called by the SDK, which goes on with their results', async () => {
  const options = ask('weather', { tools: { weather }, stopWhen: isStepCount(3) });
  const whole = await generateText(options);
  expect(whole.text).toBe('It rains.');
  expect(whole.steps[0]?.toolResults).toMatchObject([
    { toolCallId: 'call_weather', output: 'rain in Paris' },
  ]);
  const { text, errors, result } = await read(options);
  expect({ text, errors }).toEqual({ text: 'It rains.', errors: [] });
  expect((await result.steps)[0]?.toolCalls).toMatchObject([
    { toolName: 'weather', input: { city: 'Paris' } },
  ]);
});

test('[OAI-07] tools of the server are not seen; heartbeats while one works in silence', async () => {
  const servers = (...mcp_servers: string[]) => ({ providerOptions: { millrace: { mcp_servers } } });
  expect(await read(ask('sum', servers('builtin')))).toMatchObject({
    text: 'Let me see.\n\nIt is 5.',
    errors: [],
  });
  const heard = new ListeningFetch();
  expect(await read(ask('silent', servers('everything'), heard.fetch))).toMatchObject({
    text: 'Done.',
    errors: [],
  });
  expect(heard.heartbeats).toBeGreaterThanOrEqual(2);
});

test('[OAI-07] an error before the answer has its status, and whether it may be tried again', async () => {
  const missing = await caught(generateText(ask('nope')));
  expect(APICallError.isInstance(missing)).toBe(true);
  expect(missing).toMatchObject({ statusCode: 404, isRetryable: false });
  expect((missing as Error).message).toContain('does not exist');
  const { errors } = await read(ask('unavailable'));
  expect(errors).toMatchObject([{ statusCode: 502, isRetryable: true }]);
});

test('[OAI-07] an error after the answer began is a part of the stream', async () => {
  const { text, errors } = await read(ask('cut'));
  expect(text).toBe('Hello');
  expect(errors).toHaveLength(1);
  expect(JSON.stringify(errors[0])).toContain('upstream_cut');
});

test('[OAI-07] a cut is seen', async () => {
  const reading = (async () => {
    const result = streamText({ ...ask('slow'), onError: () => undefined });
    for await (const part of result.fullStream) if (part.type === 'text-delta') site.network.cut();
  })();
  await site.firstPiece();
  expect(await caught(reading)).toMatchObject({ name: 'AI_APICallError', cause: { message: 'terminated' } });
});

test('[OAI-07] [OAI-06] who aborts ends the run', async () => {
  const leaving = new AbortController();
  const reading = (async () => {
    const result = streamText({ ...ask('slow'), abortSignal: leaving.signal, onError: () => undefined });
    for await (const part of result.fullStream) if (part.type === 'text-delta') leaving.abort();
  })();
  await site.firstPiece();
  expect((await site.openai.closed(1)).closedBy).toBe('client');
  await caught(reading);
});
