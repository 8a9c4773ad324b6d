import { textOf } from '../texts.js';
import { expectedText } from '../words.js';
import { percentile } from './open.js';
import { readText } from './read.js';

/**
 * Reads a run of Millrace's, whose answer had `chunks` chunks, `readers` times at once: from its beginning, or, `anywhere`, each after
 * another chunk. Tells how long they took and how many did not get exactly the rest.
 */
export async function replayAll({ url, chunks, readers, anywhere = false }) {
  const seenBy = (index) => (anywhere ? (index * 7919) % chunks : 0);
  const positionAfter = anywhere ? await positions(url) : undefined;
  const whole = expectedText(chunks);
  const lengths = Array.from({ length: readers }, (_, index) => expectedText(seenBy(index)).length);
  const times = [];
  const failures = new Set();
  const read = async (_, index) => {
    const seen = seenBy(index);
    const headers = seen > 0 ? { 'last-event-id': positionAfter(seen) } : undefined;
    const started = performance.now();
    const { status, text } = await readText({ url, headers }, textOf.openai).catch((error) => ({
      status: String(error),
    }));
    const isRight = text === whole.slice(lengths[index]);
    if (!isRight) failures.add(String(status));
    times.push(performance.now() - started);
    return isRight;
  };
  const right = await Promise.all(Array.from({ length: readers }, read));
  times.sort((a, b) => a - b);
  return {
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    wrong: right.filter((isRight) => !isRight).length,
    failures: [...failures],
  };
}

/** The position after so many chunks of text: they have a seq each, without a hole. */
async function positions(url) {
  let first;
  const find = (id, frame) => {
    if (first || !textOf.openai(frame)) return;
    const [run, epoch, last] = id.split('.');
    first = { run, epoch, seq: frame.from_seq ?? Number(last) };
  };
  await readText({ url }, textOf.openai, find);
  return (count) => `${first.run}.${first.epoch}.${first.seq + count - 1}`;
}
