/**
 * The load client, in its own process: opens streams, checks that every character of the text arrives in order, and says how long it
 * took. One message in, one message out.
 */
import { request as httpRequest } from 'node:http';
import { createParser } from 'eventsource-parser';
import { expectedText } from './words.js';

let streams = 0;

process.on('message', async ({ url, body, streams: count, chunks }) => {
  const expected = expectedText(chunks);
  const started = performance.now();
  const results = await Promise.all(Array.from({ length: count }, () => readStream(url, body)));
  const wrong = results.filter(({ text }) => text !== expected).length;
  const firstMs = results.map(({ firstMs }) => firstMs).sort((a, b) => a - b)[Math.floor(results.length / 2)];
  process.send({ seconds: (performance.now() - started) / 1000, wrong, firstMs });
});
process.send({ ready: true });

function readStream(url, body) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let text = '';
    let firstMs;
    const parser = createParser({
      onEvent({ data }) {
        if (data === '[DONE]') return;
        const frame = JSON.parse(data);
        const content = frame.type === 'text-delta' ? frame.delta : frame.choices?.[0]?.delta?.content;
        if (!content) return;
        firstMs ??= performance.now() - started;
        text += content;
      },
    });
    const request = httpRequest(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        response.setEncoding('utf8');
        response.on('data', (piece) => parser.feed(piece));
        response.on('end', () => resolve({ text, firstMs }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    streams += 1;
    request.end(JSON.stringify(body).replaceAll('{{stream}}', String(streams)));
  });
}
