import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createParser } from 'eventsource-parser';
import { decodeFrame } from '../../src/protocol/native-codec.js';
import { isDelta, type RunEvent } from '../../src/protocol/run-event.js';

const FIXTURES = resolve(import.meta.dirname, '../fixtures/runs');

/** The logs of real runs, by what they are of (test/fixtures/runs/README.md). */
export function recordedRuns(): [name: string, events: RunEvent[]][] {
  return recordedStreams().map(([name, text]) => [name, eventsOf(text)]);
}

/** The same as they stood on the wire. */
export function recordedStreams(): [name: string, text: string][] {
  return readdirSync(FIXTURES)
    .filter((file) => file.endsWith('.sse'))
    .map((file) => [file.slice(0, -4), readFileSync(join(FIXTURES, file), 'utf8')]);
}

/** The events of a native stream, each delta by itself. Throws when a frame of it is not understood. */
export function eventsOf(text: string): RunEvent[] {
  const events: RunEvent[] = [];
  const parser = createParser({
    onEvent: ({ id, data }) => {
      const { events: read, done } = decodeFrame({ id, data });
      if (read.length === 0 && !done) throw new Error(`not a native frame: ${data}`);
      events.push(...(read as RunEvent[]).flatMap(apart));
    },
  });
  parser.feed(text);
  return events;
}

/** Where deltas were merged, how long each was is not known: their text is cut anywhere. */
function apart(event: RunEvent): RunEvent[] {
  if (!isDelta(event) || event.from_seq === undefined) return [event];
  const { from_seq: first, seq: last, delta, ...rest } = event;
  const length = Math.ceil(delta.length / (last - first + 1));
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const piece = delta.slice(at * length, (at + 1) * length);
    return { ...rest, seq: first + at, delta: piece };
  });
}
