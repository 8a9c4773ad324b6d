import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream';
import assert from 'node:assert/strict';

const url = process.env['MILLRACE_URL'] ?? 'http://localhost:3000';
const key = process.env['MILLRACE_KEY'] ?? 'none';
const headers = { authorization: `Bearer ${key}` };

/** The frames of a response, each with its position. */
async function* framesOf(response: Response) {
  assert.ok(response.ok && response.body, `${response.status}`);
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream()) as unknown as AsyncIterable<EventSourceMessage>;
  for await (const { id, data } of events)
    if (data !== '[DONE]') yield { id, frame: JSON.parse(data) as Frame };
}
interface Frame {
  type?: string;
  choices?: { delta: { content?: string } }[];
  error?: { message: string };
}

const asked = await fetch(`${url}/api/chat/completions`, {
  method: 'POST',
  headers: { ...headers, 'content-type': 'application/json' },
  body: JSON.stringify({ model_name: 'demo', user_prompt: 'Hello', conversation_id: `parser-${Date.now()}` }),
});
const run = asked.headers.get('x-run-id');

// A reader that is cut remembers the last position. Here it leaves by itself, in the middle of the answer.
let text = '';
let position = '';
for await (const { id, frame } of framesOf(asked)) {
  text += frame.choices?.[0]?.delta.content ?? '';
  position = id ?? position;
  if (text !== '') break;
}

// The run has gone on meanwhile; this reads the rest of it, exactly.
const rest = await fetch(`${url}/api/runs/${run}/events`, {
  headers: { ...headers, 'last-event-id': position },
});
let last: Frame = {};
for await (const { frame } of framesOf(rest)) {
  text += frame.choices?.[0]?.delta.content ?? '';
  last = frame;
}
assert.equal(last.type, 'run_completed');

// What was read in two pieces is what is stored.
const whole = await fetch(`${url}/api/runs/${run}/events`, { headers });
let again = '';
for await (const { frame } of framesOf(whole)) again += frame.choices?.[0]?.delta.content ?? '';
assert.equal(text, again);
