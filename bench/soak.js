/**
 * Half an hour of streams: whether text stays whole, delays stay short and the heap stays what it was.
 *
 *   SOAK_MINUTES=30 SOAK_STREAMS=300 npm run bench soak
 */
import { HEAP_PROBE, memoryOf } from './lib/processes.js';
import { atMost, digits, table } from './lib/report.js';
import { pause } from './lib/runs.js';
import { withTargets } from './lib/session.js';

const RATE = 50;

export const soak = {
  name: 'soak',
  shows:
    'Streams of 50 chunks a second, again and again. The heap is looked at between the waves, garbage collected and the time of the logs (1 s) over.',
  async run({ brief }) {
    const minutes = Number(process.env.SOAK_MINUTES ?? (brief ? 0.5 : 30));
    const streams = Number(process.env.SOAK_STREAMS ?? (brief ? 150 : 300));
    const seconds = brief ? 5 : 50;
    const chunks = seconds * RATE;
    const model = `timed-${chunks}-${RATE}`;
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
            chunks,
          });
          await pause(2500);
          waves.push({ ...answer, heap: (await memoryOf(own.child)).heap / 1024 / 1024 });
        }
        const [, first] = waves;
        const last = waves.at(-1);
        const rows = waves.map(({ p50, p99, heap }, wave) => [
          String(wave + 1),
          digits(p50),
          digits(p99),
          heap.toFixed(1),
        ]);
        const wrong = waves.reduce((sum, wave) => sum + wave.wrong, 0);
        return {
          tables: [
            table(
              `Waves of ${streams} streams, ${seconds} s each`,
              ['wave', 'p50 ms', 'p99 ms', 'heap MB'],
              rows,
            ),
          ],
          checks: [
            atMost('texts that were not whole', wrong, 0),
            atMost('heap of the last wave beside the second', last.heap - first.heap, 5, ' MB'),
          ],
        };
      },
    );
  },
};
