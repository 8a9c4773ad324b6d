import { once } from 'node:events';
import { readStamps, stampNow } from '../stamps.js';
import { open, percentile } from './open.js';

/**
 * Reads `streams` answers whose text says when each chunk was sent, and tells how long the chunks were on their way. Frames are not
 * parsed, because that would take more than what is measured: the stamps are found in the bytes, whatever the format. Chunks count that
 * were sent between `fromMs` and `untilMs` after the streams are asked for.
 */
export async function readPaced({ url, body, headers, streams, chunks, fromMs, untilMs }) {
  const delays = [];
  const start = stampNow();
  const counted = { delays, from: start + fromMs * 1000, until: start + untilMs * 1000 };
  const read = () => readWhole({ url, body, headers }, chunks, counted);
  const results = await Promise.all(Array.from({ length: streams }, read));
  delays.sort((a, b) => a - b);
  return {
    seen: delays.length,
    p50: percentile(delays, 0.5) / 1000,
    p99: percentile(delays, 0.99) / 1000,
    wrong: results.filter((isWhole) => !isWhole).length,
  };
}

/** True when all stamps came, in order. The delays in microseconds of those that were sent between `from` and `until` are added to `delays`. */
async function readWhole(request, chunks, { delays, from, until }) {
  const response = await open(request);
  let seen = 0;
  let last = 0;
  let ordered = true;
  let rest = '';
  response.on('data', (bytes) => {
    const now = stampNow();
    rest = readStamps(rest + bytes.latin1Slice(), (sent) => {
      if (sent >= from && sent < until) delays.push(now - sent);
      ordered &&= sent >= last;
      last = sent;
      seen += 1;
    });
  });
  await once(response, 'end');
  return ordered && seen === chunks;
}
