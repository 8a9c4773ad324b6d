/**
 * A scripted OpenAI-compatible upstream in its own process, never the bottleneck: every record is serialised once, before the first
 * request. `model` chooses the shape: `bulk-<n>` sends n chunks, many a write; `single-<n>` sends each by itself, one a turn;
 * `timed-<n>-<per second>` sends them in time, each with the time in it; `held-<n>` sends one, and the rest as `bulk` does once the
 * process that asked for it is told to (IPC: `release`).
 */
import { createServer } from 'node:http';
import { stamp } from './stamps.js';
import { WORDS } from './words.js';

const HEAD = {
  id: 'chatcmpl-bench',
  object: 'chat.completion.chunk',
  created: 1_795_000_000,
  model: 'bench',
  system_fingerprint: 'fp',
};

const record = (delta, finish_reason = null) =>
  Buffer.from(
    `data: ${JSON.stringify({ ...HEAD, choices: [{ index: 0, delta, logprobs: null, finish_reason }] })}\n\n`,
  );
const deltas = WORDS.map((content) => record({ content }));
const first = record({ role: 'assistant', content: '' });
const last = Buffer.concat([
  record({}, 'stop'),
  Buffer.from(
    `data: ${JSON.stringify({ ...HEAD, choices: [], usage: { prompt_tokens: 10, completion_tokens: 100, total_tokens: 110 } })}\n\n`,
  ),
  Buffer.from('data: [DONE]\n\n'),
]);
const BULK = 64;
let releases = [];
process.on('message', () => {
  for (const release of releases) release();
  releases = [];
  process.send({ released: true });
});

// Longer than any pause between two questions: a connection that ends just when it is used again is no target's fault.
const server = createServer({ keepAliveTimeout: 600_000 }, async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  const [kind, count, rate] = JSON.parse(body).model.split('-');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(first);
  const total = Number(count);
  let sent = 0;
  const take = (most) => {
    const pieces = [];
    for (let at = 0; at < most && sent < total; at += 1) pieces.push(deltas[sent++ % deltas.length]);
    return Buffer.concat(pieces);
  };
  const pump = () => {
    while (sent < total && !response.destroyed) {
      const more = response.write(take(kind === 'single' ? 1 : BULK));
      if (!more) return void response.once('drain', pump);
      if (kind === 'single') return void setImmediate(pump);
    }
    response.end(last);
  };
  if (kind === 'held') {
    response.write(take(1));
    releases.push(pump);
    return;
  }
  if (kind !== 'timed') return pump();
  pace(response, { total, last, everyMs: 1000 / Number(rate) });
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));

const [beforeStamp, afterStamp] = record({ content: '@' }).toString().split('@');

/** Writes the chunk of HTTP here (RFC 9112 §7.1): Node takes as long for that as for the rest of it. */
function writeStamped({ socket }) {
  const text = `${beforeStamp}${stamp()}${afterStamp}`;
  socket.write(`${text.length.toString(16)}\r\n${text}\r\n`, 'latin1');
}

/** Streams are not in step with each other: each begins at a time of its own, and its chunks are due at times that no delay moves. */
function pace(response, { total, last, everyMs }) {
  const start = performance.now() + Math.random() * everyMs;
  let sent = 0;
  const send = () => {
    if (response.destroyed) return;
    if (sent >= total) {
      response.end(last);
      return;
    }
    sent += 1;
    writeStamped(response);
    setTimeout(send, Math.max(0, start + sent * everyMs - performance.now()));
  };
  setTimeout(send, Math.max(0, start - performance.now()));
}
