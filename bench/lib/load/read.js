import { createParser } from 'eventsource-parser';
import { textOf } from '../texts.js';
import { expectedText } from '../words.js';
import { open, percentile } from './open.js';

/** Reads `streams` answers at once, `times` times one after the other, and checks the text of each. */
export async function readAll({ url, body, headers, format, streams, chunks, times = 1 }) {
  const expected = expectedText(chunks);
  const started = performance.now();
  const results = [];
  for (let time = 0; time < times; time += 1) {
    const read = () => readText({ url, body, headers }, textOf[format]);
    results.push(...(await Promise.all(Array.from({ length: streams }, read))));
  }
  const wrong = results.filter(({ text }) => text !== expected);
  return {
    seconds: (performance.now() - started) / 1000,
    wrong: wrong.length,
    sample: wrong[0],
    headMs: middle(results.map(({ headMs }) => headMs)),
    firstMs: middle(results.map(({ firstMs }) => firstMs)),
  };
}

function middle(values) {
  return percentile(
    values.sort((a, b) => a - b),
    0.5,
  );
}

/** One answer: its text, and when its first byte and its first piece of text came. */
export async function readText(request, toText, onFrame = () => undefined) {
  const started = performance.now();
  const response = await open(request);
  let text = '';
  let headMs;
  let firstMs;
  const parser = createParser({
    onEvent({ id, data }) {
      if (data === '[DONE]') return;
      const frame = JSON.parse(data);
      const piece = toText(frame);
      if (piece) {
        firstMs ??= performance.now() - started;
        text += piece;
      }
      onFrame(id, frame);
    },
  });
  response.setEncoding('utf8');
  for await (const piece of response) {
    headMs ??= performance.now() - started;
    parser.feed(piece);
  }
  return { status: response.statusCode, text, headMs, firstMs };
}
