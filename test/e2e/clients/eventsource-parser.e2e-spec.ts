import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream';
import { ClientSite } from '../../support/client-site.js';
import { cuttingFetch } from '../../support/cutting-fetch.js';
import { summaryOf } from '../../support/frame-text.js';
import { ListeningFetch } from '../../support/listening-fetch.js';
import { newConversation } from '../../support/world.js';

/** fetch and eventsource-parser, and nothing else: what anybody writes in ten lines. */
let site: ClientSite;
beforeAll(async () => (site = await ClientSite.open()));
afterAll(() => site.close());
afterEach(() => site.reset());

interface Answer {
  runId: string;
  events: AsyncIterable<EventSourceMessage>;
}
const eventsOf = (response: Response): Answer => ({
  runId: response.headers.get('x-run-id')!,
  events: response.body!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()),
});
async function ask(model: string, more: object = {}, get: typeof fetch = fetch): Promise<Answer> {
  const response = await get(`${site.url}/api/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model_name: model, user_prompt: 'hello', ...more }),
  });
  if (!response.ok) throw Object.assign(new Error('refused'), await response.json());
  return eventsOf(response);
}
async function read({ events }: Answer) {
  const data: string[] = [];
  for await (const event of events) data.push(event.data);
  expect(data.at(-1)).toBe('[DONE]');
  return summaryOf(data);
}

test('[API-04] plain, reasoning and tools', async () => {
  expect((await read(await ask('plain'))).text).toBe('Hello wörld');
  expect(await read(await ask('reasoning'))).toMatchObject({ text: '答案', reasoning: 'hmm ok' });
  const sum = await read(await ask('sum', { mcp_servers: ['builtin'] }));
  expect(sum.text).toBe('Let me see.It is 5.');
  expect(sum.results).toEqual(['5']);
});

test('[API-04] an error before the run is a problem; one of the model, before or after its first word, a frame', async () => {
  await expect(ask('nope')).rejects.toMatchObject({ status: 400, code: 'unknown_model', retryable: false });
  expect(await read(await ask('bad-request'))).toMatchObject({ text: '', error: 'upstream_rejected' });
  expect(await read(await ask('cut'))).toMatchObject({ text: 'Hello', error: 'upstream_cut' });
});

test('[API-04] a cut is seen, and Last-Event-ID gives the rest, exactly', async () => {
  const asked = ask('slow', { conversation_id: newConversation() });
  await site.firstPiece();
  const { runId, events } = await asked;
  const data: string[] = [];
  let last = '';
  const reading = (async () => {
    for await (const event of events) {
      data.push(event.data);
      last = event.id ?? last;
      if (event.data.includes('one')) site.network.cut();
    }
  })();
  await expect(reading).rejects.toThrow();
  await site.openai.release('gate', 3);
  const rest = await fetch(`${site.url}/api/runs/${runId}/events`, { headers: { 'last-event-id': last } });
  for await (const event of eventsOf(rest).events) data.push(event.data);
  expect(data.at(-1)).toBe('[DONE]');
  expect(summaryOf(data).text).toBe('one two three');
});

test('[API-04] a cancel ends the stream of whoever reads', async () => {
  const asked = ask('slow', { conversation_id: newConversation() });
  await site.firstPiece();
  const { runId, events } = await asked;
  const data: string[] = [];
  for await (const event of events) {
    data.push(event.data);
    if (event.data.includes('one')) expect((await site.world.cancel(runId)).status).toBe(202);
  }
  expect(summaryOf(data).types.at(-1)).toBe('run_cancelled');
});

test('[API-04] heartbeats while a tool works in silence are comments, which the parser hides', async () => {
  const heard = new ListeningFetch();
  const { text } = await read(await ask('silent', { mcp_servers: ['everything'] }, heard.fetch));
  expect(text).toBe('Done.');
  expect(heard.heartbeats).toBeGreaterThanOrEqual(2);
});

test('[RUN-03] after every frame: who posts again where it was gets the rest, with one model call for both', async () => {
  const post = async (get: typeof fetch, last?: string) => {
    const headers: Record<string, string> = last === undefined ? {} : { 'last-event-id': last };
    const body = { conversation_id: newConversation() };
    const data: string[] = [];
    for await (const event of (await ask('reasoning', body, withHeaders(get, headers))).events) {
      data.push(event.data);
      last = event.id ?? last;
    }
    return { data, last };
  };
  const whole = await post(fetch);
  for (let frames = 1; frames < whole.data.length - 1; frames += 1) {
    await site.openai.reset();
    const first = await post(cuttingFetch(frames));
    expect(first.data).toHaveLength(frames);
    const rest = await post(fetch, first.last);
    const { text, reasoning } = summaryOf([...first.data, ...rest.data]);
    expect({ frames, text, reasoning }).toEqual({ frames, text: '答案', reasoning: 'hmm ok' });
    expect(await site.openai.requests()).toHaveLength(1);
  }
});

function withHeaders(get: typeof fetch, headers: Record<string, string>): typeof fetch {
  return (input, init) => get(input, { ...init, headers: { ...(init?.headers as object), ...headers } });
}
