/**
 * Half an hour of streams: whether text stays whole, delays stay short, and heap, sockets, timers and listeners stay what they were.
 *
 *   SOAK_MINUTES=30 SOAK_STREAMS=300 npm run bench soak
 *
 * What is left open is looked at once the sockets that clients keep alive have had their time. Listeners are functions, and those can be
 * counted.
 */
import { functionsOf, HEAP_PROBE, memoryOf } from './lib/processes.js';
import { atMost, digits, table } from './lib/report.js';
import { pause } from './lib/runs.js';
import { withTargets } from './lib/session.js';
import { timed } from './lib/stamps.js';

const RATE = 20;
/** Node keeps an idle connection for 5 s, and another second. */
const SETTLE_MS = 8000;

export const soak = {
  name: 'soak',
  shows:
    'Streams of 20 chunks a second, again and again. What is held is looked at between the waves, garbage collected and the time of logs and idle connections over.',
  async run({ brief }) {
    const minutes = Number(process.env.SOAK_MINUTES ?? (brief ? 0.5 : 30));
    const streams = Number(process.env.SOAK_STREAMS ?? (brief ? 150 : 300));
    const seconds = brief ? 5 : 50;
    const { model, ...counted } = timed(streams, seconds, RATE);
    return withTargets(
      { models: [model], only: ['millrace native'], flags: HEAP_PROBE },
      async ({ targets, client }) => {
        const own = targets.find(({ name }) => name === 'millrace native');
        const waves = [];
        const until = performance.now() + minutes * 60_000;
        for (let wave = 0; wave < 3 || performance.now() < until; wave += 1) {
          const { url, headers } = own;
          const answer = await client.ask({
            do: 'paced',
            url,
            headers,
            body: own.body(model),
            streams,
            ...counted,
          });
          await pause(SETTLE_MS);
          const { heap, sockets, timers } = await memoryOf(own.child);
          const functions = await functionsOf(own.child);
          waves.push({ ...answer, heap: heap / 1024 / 1024, sockets, timers, functions });
        }
        const [, first] = waves;
        const last = waves.at(-1);
        const rows = waves.map(({ p50, p99, heap, sockets, timers, functions }, wave) => [
          String(wave + 1),
          digits(p50),
          digits(p99),
          heap.toFixed(1),
          String(sockets),
          String(timers),
          String(functions),
        ]);
        const wrong = waves.reduce((sum, wave) => sum + wave.wrong, 0);
        return {
          tables: [
            table(
              `Waves of ${streams} streams, ${seconds} s each once all are open`,
              ['wave', 'p50 ms', 'p99 ms', 'heap MB', 'sockets', 'timers', 'functions'],
              rows,
            ),
          ],
          checks: [
            atMost('texts that were not whole', wrong, 0),
            atMost('heap of the last wave beside the second', last.heap - first.heap, 5, ' MB'),
            atMost('sockets of the last wave beside the second', last.sockets - first.sockets, 0),
            atMost('timers of the last wave beside the second', last.timers - first.timers, 0),
            // If each stream left one behind, there would be as many as streams in all waves: thousands.
            atMost('functions of the last wave beside the second', last.functions - first.functions, 100),
          ],
        };
      },
    );
  },
};
