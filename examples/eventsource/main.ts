/// <reference lib="dom" />
import assert from 'node:assert/strict';

const url = process.env['MILLRACE_URL'] ?? 'http://localhost:3000';

// EventSource only reads, and sends no Authorization header: it is for servers that know their users by a cookie, or by none.
const asked = await fetch(`${url}/api/chat/completions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model_name: 'demo', user_prompt: 'Hello', conversation_id: `source-${Date.now()}` }),
});
const run = asked.headers.get('x-run-id');
await asked.body?.cancel();

// It comes back by itself after a cut, with the last position. `close` at [DONE] spares it the question whether there is more, which
// the server would answer with 204.
let text = '';
const types: string[] = [];
await new Promise<void>((resolve, reject) => {
  const source = new EventSource(`${url}/api/runs/${run}/events`);
  source.onmessage = ({ data }: MessageEvent<string>) => {
    if (data === '[DONE]') {
      source.close();
      return resolve();
    }
    const frame = JSON.parse(data) as { type?: string; choices?: { delta: { content?: string } }[] };
    text += frame.choices?.[0]?.delta.content ?? '';
    if (frame.type !== undefined) types.push(frame.type);
  };
  source.onerror = () => source.readyState === EventSource.CLOSED && reject(new Error('refused'));
});
assert.equal(types.at(-1), 'run_completed');
assert.ok(text.length > 0);
