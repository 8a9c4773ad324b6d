import { HttpAgent, type Message } from '@ag-ui/client';
import assert from 'node:assert/strict';

const url = process.env['MILLRACE_URL'] ?? 'http://localhost:3000';
const key = process.env['MILLRACE_KEY'] ?? 'none';
const threadId = `example-${Date.now()}`;

const agent = new HttpAgent({
  url: `${url}/api/ag-ui/run`,
  headers: { authorization: `Bearer ${key}` },
  threadId,
});

const textOf = ({ content }: Message) => (typeof content === 'string' ? content : '');
const settings = { model: 'demo', mcp_servers: ['builtin'] };

agent.addMessage({ id: 'question', role: 'user', content: 'What is 17 * 23?' });
let runId = '';
await agent.runAgent(
  { forwardedProps: settings },
  {
    onRunStartedEvent: ({ event }) =>
      void (runId = (event.metadata?.['millrace'] as { run_id: string }).run_id),
  },
);
assert.ok(
  agent.messages.some(({ role, ...message }) => role === 'tool' && JSON.stringify(message).includes('391')),
);
assert.match(textOf(agent.messages.at(-1)!), /391/);

// A page that has nothing of the thread asks for nothing new, and gets all of it.
const page = new HttpAgent({ url: agent.url, headers: agent.headers, threadId });
await page.runAgent();
assert.deepEqual(page.messages.map(textOf), agent.messages.map(textOf));

// abortRun() only leaves; this stops the answer, wherever it is read.
const stopped = await fetch(`${url}/api/runs/${runId}/cancel`, { method: 'POST' });
assert.equal(stopped.status, 202);
