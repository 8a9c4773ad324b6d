/**
 * What an open run with one reader holds in the server's heap (the connections to the client and to the provider included), what each
 * further idle reader adds, and what a reader adds that takes nothing of a fast answer of 1 MB.
 *
 *   npm run bench memory
 */
import { cpus } from 'node:os';
import { HEAP_PROBE, memoryOf } from './lib/processes.js';
import { atMost, table } from './lib/report.js';
import { ended, pause } from './lib/runs.js';
import { load, WARM_UP, warmUp, withTargets } from './lib/session.js';
import { expectedText } from './lib/words.js';

const HELD = 'held-2';
const MEGABYTE = 1024 * 1024;
/** How many chunks make a megabyte of text. */
const LONG_CHUNKS = Math.ceil(MEGABYTE / (expectedText(11).length / 11));
const LONG = `held-${LONG_CHUNKS}`;
/** A log is kept for as long as this question takes. */
const env = { LOG_RETENTION_SECONDS: '600', DISCONNECT_GRACE_SECONDS: '600' };

export const memory = {
  name: 'memory',
  shows:
    'Heap after a collection of garbage, divided by how many streams or readers were open. Their sockets hold nothing that waits.',
  async run({ only, brief }) {
    const streams = brief ? 300 : 1000;
    const stalled = brief ? 20 : 50;
    const peers =
      only.length > 0
        ? only
        : ['express', 'naive Nest', 'AI SDK', 'millrace native', ...(brief ? [] : ['LangChain', 'TanStack'])];
    return withTargets(
      { models: [HELD, LONG, WARM_UP.model], only: peers, flags: HEAP_PROBE, env },
      async (session) => {
        const { targets } = session;
        const open = new Map();
        for (const target of targets) open.set(target.name, await perOpenStream(target, session, streams));
        const own = targets.find(({ name }) => name === 'millrace native');
        const tables = [
          table(
            `Heap of an open stream (${streams} open)`,
            ['', 'KB'],
            [...open].map(([name, bytes]) => [name, kb(bytes)]),
          ),
        ];
        if (!own) return { tables, checks: [] };
        const idle = await perIdleReader(own, session, streams);
        const slow = await perStalledReader(own, session, stalled);
        tables.push(
          table(
            'Further readers of one run',
            ['', 'KB'],
            [
              [`idle, of an open run (${streams})`, kb(idle)],
              [`stalled, of a fast answer of 1 MB (${stalled})`, kb(slow.reader)],
              ['the log of that answer, its run and the rest of it', kb(slow.run)],
            ],
          ),
        );
        return {
          tables,
          checks: [
            atMost('heap of an open run with one reader', open.get(own.name) / 1024, 25, ' KB'),
            atMost('heap of a further idle reader', idle / 1024, 11, ' KB'),
            atMost('memory of a stalled reader', slow.reader / MEGABYTE, 0.3, ' MB'),
            atMost('memory of an answer of 1 MB while it is open', slow.run / MEGABYTE, 3, ' MB'),
          ],
        };
      },
    );
  },
};

const kb = (bytes) => (bytes / 1024).toFixed(1);

async function perOpenStream(target, { client, upstream }, streams) {
  // Code that is compiled meanwhile would be counted as the streams'.
  await warmUp(client, [target]);
  await hold(client, target, HELD, { streams: 50 });
  await end(client, upstream);
  const before = await memoryOf(target.child);
  await hold(client, target, HELD, { streams });
  const after = await memoryOf(target.child);
  await end(client, upstream);
  return (after.heap - before.heap) / streams;
}

async function perIdleReader(own, { client, upstream }, readers) {
  const [run] = await hold(client, own, HELD, { streams: 1 });
  const url = `${own.origin}/api/runs/${run}/events`;
  await client.ask({ do: 'hold', urls: Array(50).fill(url) });
  const before = await memoryOf(own.child);
  await client.ask({ do: 'hold', urls: Array(readers).fill(url) });
  const after = await memoryOf(own.child);
  await end(client, upstream);
  return (after.heap - before.heap) / readers;
}

/** All of it: what waits for a socket is not in the heap of V8. */
async function perStalledReader(own, { client, upstream }, readers) {
  const measure = async (stalled) => {
    const before = await memoryOf(own.child);
    const [run] = await hold(client, own, LONG, { streams: 1 });
    const url = `${own.origin}/api/runs/${run}/events`;
    if (stalled > 0) await client.ask({ do: 'hold', urls: Array(stalled).fill(url), stalled: true });
    await upstream.ask('release');
    await ended(own, run);
    const after = await memoryOf(own.child);
    await end(client, upstream);
    return after.all - before.all;
  };
  await measure(0);
  const alone = await measure(0);
  return { run: alone, reader: ((await measure(readers)) - alone) / readers };
}

async function hold(client, target, model, question) {
  return (await load(client, target, model, { do: 'hold', ...question })).runs;
}

async function end(client, upstream) {
  await client.ask({ do: 'letGo' });
  await upstream.ask('release');
  await pause(300 + 200 * cpus().length);
}
