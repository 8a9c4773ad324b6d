import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream';
import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { components, paths } from './generated/api.ts';

const url = process.env['MILLRACE_URL'] ?? 'http://localhost:3000';
const key = process.env['MILLRACE_KEY'] ?? 'none';
const conversation = `openapi-fetch-${Date.now()}`;

const api = createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${key}` } });
type NativeFrame = components['schemas']['NativeFrame'];

// One document at the end. The types do not know that `stream` decides between the two forms of an answer.
const body = {
  model_name: 'demo',
  user_prompt: 'What is 17 * 23?',
  mcp_servers: ['builtin'],
  conversation_id: conversation,
};
const completion = await api.POST('/api/chat/completions', { body: { ...body, stream: false } });
assert.ok(completion.data, completion.error?.detail);
assert.match((completion.data as components['schemas']['ChatCompletion']).output, /391/);

/** The frames of a stream with their positions; fetch gives the bytes, eventsource-parser the events, and the document the types. */
async function* frames(stream: ReadableStream<Uint8Array<ArrayBuffer>> | null | undefined) {
  const events = stream!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { id, data } of events as AsyncIterable<EventSourceMessage>)
    if (data !== '[DONE]') yield { id, frame: JSON.parse(data) as NativeFrame };
}

const asked = await api.POST('/api/chat/completions', { body, parseAs: 'stream' });
let text = '';
for await (const { frame } of frames(asked.data)) {
  if ('error' in frame) assert.fail(`${frame.code}: ${frame.error.message}`);
  if ('usage' in frame || !('choices' in frame)) continue;
  const [{ delta } = { delta: {} }] = frame.choices;
  if ('content' in delta) text += delta.content;
}
assert.match(text, /391/);

// Leaving stops nothing: the run goes on, and `Last-Event-ID` reads the rest of it.
const long = await api.POST('/api/chat/completions', {
  body: { ...body, user_prompt: 'Write 200 lines.' },
  parseAs: 'stream',
});
const id = long.response.headers.get('x-run-id')!;
let position = '';
for await (const { id: at = '', frame } of frames(long.data)) {
  position = at;
  if ('choices' in frame) break;
}
const receipt = await api.POST('/api/runs/{id}/cancel', { params: { path: { id } } });
assert.equal(receipt.data?.state, 'cancelled');
const rest = await api.GET('/api/runs/{id}/events', {
  params: { path: { id }, header: { 'Last-Event-ID': position } },
  parseAs: 'stream',
});
const types: string[] = [];
for await (const { frame } of frames(rest.data)) if ('type' in frame) types.push(frame.type);
assert.equal(types.at(-1), 'run_cancelled');

// Conversations.
const params = { path: { id: conversation } };
await api.PUT('/api/chat/conversations/{id}/title', { params, body: { title: 'Sums' } });
const stored = await api.GET('/api/chat/conversations/{id}', { params });
assert.equal(stored.data?.title, 'Sums');
assert.deepEqual(
  stored.data.rounds.map(({ state }) => state),
  ['completed', 'completed', 'cancelled'],
);
assert.ok((await api.DELETE('/api/chat/conversations/{id}/permanent', { params })).response.ok);

// Refusals are problem documents, with a code.
const refused = await api.POST('/api/chat/completions', { body: { ...body, model_name: 'nope' } });
assert.equal(refused.error?.code, 'unknown_model');
assert.equal(refused.error.retryable, false);
