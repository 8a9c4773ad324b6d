import { DefaultChatTransport, readUIMessageStream, type UIMessage } from 'ai';
import assert from 'node:assert/strict';

const url = process.env['MILLRACE_URL'] ?? 'http://localhost:3000';
const key = process.env['MILLRACE_KEY'] ?? 'none';

// In a page: useChat({ id: chatId, transport, resume: true }). Here the transport is used by itself.
const transport = new DefaultChatTransport({
  api: `${url}/api/ai-sdk/chat`,
  headers: { authorization: `Bearer ${key}` },
  body: { model: 'demo', mcp_servers: ['builtin'] },
});

const chatId = `example-${Date.now()}`;
const question: UIMessage = {
  id: 'question',
  role: 'user',
  parts: [{ type: 'text', text: 'What is 17 * 23?' }],
};

async function read(stream: Awaited<ReturnType<typeof transport.sendMessages>>): Promise<UIMessage> {
  let message: UIMessage | undefined;
  for await (const state of readUIMessageStream({ stream, terminateOnError: true })) message = state;
  assert.ok(message);
  return message;
}

const sent = transport.sendMessages({
  chatId,
  messages: [question],
  trigger: 'submit-message',
  messageId: undefined,
  abortSignal: undefined,
});
const answer = await read(await sent);
assert.match(JSON.stringify(answer.parts), /391/);
assert.ok(answer.parts.some((part) => part.type === 'dynamic-tool' && part.state === 'output-available'));

// Whoever lost the stream gets the same answer, from its start.
const again = await transport.reconnectToStream({ chatId });
assert.ok(again);
assert.deepEqual((await read(again)).parts, answer.parts);

// Leaving stops nothing; this does.
const stopped = await fetch(`${url}/api/ai-sdk/chat/${chatId}/stop`, { method: 'POST' });
assert.equal(stopped.status, 204);
