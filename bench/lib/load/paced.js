import { settleMs, STAMP, stampNow } from '../stamps.js';
import { open, percentile } from './open.js';

/**
 * Reads `streams` answers whose text says when each chunk was sent, and tells how long the chunks were on their way. Frames are not
 * parsed, because that would take more than what is measured: the stamps are found in the bytes, whatever the format.
 */
export async function readPaced({ url, body, headers, streams, chunks }) {
  const delays = [];
  const from = stampNow() + settleMs(streams) * 1000;
  const read = () => readStamps({ url, body, headers }, chunks, { delays, from });
  const results = await Promise.all(Array.from({ length: streams }, read));
  delays.sort((a, b) => a - b);
  return {
    p50: percentile(delays, 0.5) / 1000,
    p99: percentile(delays, 0.99) / 1000,
    wrong: results.filter((isWhole) => !isWhole).length,
  };
}

/** True when all stamps came, in order. The delays in microseconds of those that were sent after `from` are added to `delays`. */
async function readStamps(request, chunks, { delays, from }) {
  const response = await open(request);
  response.setEncoding('latin1');
  let seen = 0;
  let last = 0;
  let ordered = true;
  let rest = '';
  for await (const piece of response) {
    const now = stampNow();
    const text = rest + piece;
    let end = 0;
    for (const match of text.matchAll(STAMP)) {
      const sent = parseInt(match[1], 36);
      if (sent >= from) delays.push(now - sent);
      ordered &&= sent >= last;
      last = sent;
      seen += 1;
      end = match.index + match[0].length;
    }
    rest = text.slice(Math.max(end, text.length - 32));
  }
  return ordered && seen === chunks;
}
