import assert from 'node:assert/strict';
import { client } from './generated/client.gen.ts';
import {
  cancelRun,
  createChatCompletion,
  deleteConversation,
  getConversation,
  getRun,
  readRunEvents,
  renameConversation,
} from './generated/sdk.gen.ts';
import type { ChatRequest, NativeFrame } from './generated/types.gen.ts';

const url = process.env['MILLRACE_URL'] ?? 'http://localhost:3000';
const key = process.env['MILLRACE_KEY'] ?? 'none';
const conversation = `hey-api-${Date.now()}`;

client.setConfig({ baseUrl: url, auth: key });

// One document at the end.
const body: ChatRequest = {
  model_name: 'demo',
  user_prompt: 'What is 17 * 23?',
  mcp_servers: ['builtin'],
  conversation_id: conversation,
};
const { data: completion, error } = await createChatCompletion({ body: { ...body, stream: false } });
assert.ok(completion, error?.detail);
assert.match(completion.output, /391/);

/** Starts a run and reads it. After a cut the client posts again with `Last-Event-ID`, which resumes the run and never starts another. */
async function ask(
  request: ChatRequest,
  onPosition?: (id: string) => void,
): Promise<AsyncGenerator<NativeFrame>> {
  const { stream } = await client.sse.post<{ 200: NativeFrame }>({
    url: '/api/chat/completions',
    headers: { 'content-type': 'application/json' },
    body: request,
    sseMaxRetryAttempts: 5,
    onSseEvent: ({ id }) => id !== undefined && onPosition?.(id),
  });
  return stream;
}

// A stream: every frame has its type. The last one is the text [DONE].
let text = '';
let tokens = 0;
const tools: string[] = [];
for await (const frame of await ask(body)) {
  if ((frame as unknown) === '[DONE]') break;
  if ('error' in frame) assert.fail(`${frame.code}: ${frame.error.message}`);
  else if ('usage' in frame) tokens = frame.usage.total_tokens;
  else if ('choices' in frame) {
    const { delta } = frame.choices[0];
    if ('content' in delta) text += delta.content;
    if ('tool_calls' in delta && 'name' in delta.tool_calls[0].function)
      tools.push(delta.tool_calls[0].function.name);
  }
}
assert.match(text, /391/);
assert.ok(tokens > 0);
assert.deepEqual(tools, ['builtin__calculate']);

// Stopping: leaving stops nothing, this does. What had arrived is kept, and a reader that comes later gets it.
let position = '';
for await (const frame of await ask({ ...body, user_prompt: 'Write 200 lines.' }, (id) => (position = id))) {
  if ('choices' in frame && frame.choices.length > 0) break;
}
const runId = position.split('.', 1)[0]!;
const { data: receipt } = await cancelRun({ path: { id: runId } });
assert.equal(receipt?.state, 'cancelled');
const { stream: rest } = await readRunEvents({
  path: { id: runId },
  headers: { 'Last-Event-ID': position },
  sseMaxRetryAttempts: 5,
});
const types: string[] = [];
for await (const frame of rest) if (typeof frame === 'object' && 'type' in frame) types.push(frame.type);
assert.equal(types.at(-1), 'run_cancelled');
assert.equal((await getRun({ path: { id: runId } })).data?.state, 'cancelled');

// Conversations.
const id = { id: conversation };
await renameConversation({ path: id, body: { title: 'Sums' } });
const { data: stored } = await getConversation({ path: id });
assert.equal(stored?.title, 'Sums');
assert.deepEqual(
  stored.rounds.map(({ state }) => state),
  ['completed', 'completed', 'cancelled'],
);
assert.equal((await deleteConversation({ path: id })).response?.status, 200);

// Refusals are problem documents, with a code.
const refused = await createChatCompletion({ body: { ...body, model_name: 'nope', stream: false } });
assert.equal(refused.error?.code, 'unknown_model');
assert.equal(refused.error.retryable, false);
