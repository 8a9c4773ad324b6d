/**
 * The load client, in its own process: opens streams, checks that every character of the text arrives in order, and says how long it
 * took. One message in, one message out.
 */
import { Agent, request as httpRequest } from 'node:http';
import { createParser } from 'eventsource-parser';
import { textOf } from './texts.js';
import { expectedText } from './words.js';

/** A connection is not used again after a pause: a server may have ended it. */
const agent = new Agent({ keepAlive: true, maxSockets: Infinity, timeout: 1000 });

process.on('message', async ({ url, body, headers, format, streams, chunks, times = 1 }) => {
  const expected = expectedText(chunks);
  const started = performance.now();
  const results = [];
  for (let time = 0; time < times; time += 1) {
    const read = () => readStream(url, body, headers, textOf[format]);
    results.push(...(await Promise.all(Array.from({ length: streams }, read))));
  }
  const wrong = results.filter(({ text }) => text !== expected).length;
  process.send({
    seconds: (performance.now() - started) / 1000,
    wrong,
    sample: wrong > 0 ? results.find(({ text }) => text !== expected) : undefined,
    headMs: middle(results.map(({ headMs }) => headMs)),
    firstMs: middle(results.map(({ firstMs }) => firstMs)),
  });
});
process.send({ ready: true });

function middle(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function readStream(url, body, headers, toText) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let text = '';
    let headMs;
    let firstMs;
    const parser = createParser({
      onEvent({ data }) {
        if (data === '[DONE]') return;
        const piece = toText(JSON.parse(data));
        if (!piece) return;
        firstMs ??= performance.now() - started;
        text += piece;
      },
    });
    const request = httpRequest(
      url,
      { agent, method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        response.setEncoding('utf8');
        response.on('data', (piece) => {
          headMs ??= performance.now() - started;
          parser.feed(piece);
        });
        response.on('end', () => resolve({ status: response.statusCode, text, headMs, firstMs }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}
