/**
 * Whether runs that have ended leave anything but their rows: the heap after thousands of them, whose logs' time is over, beside the heap
 * before.
 *
 *   npm run bench ended-runs
 */
import { HEAP_PROBE, memoryOf } from './lib/processes.js';
import { atMost, table } from './lib/report.js';
import { pause } from './lib/runs.js';
import { load, withTargets } from './lib/session.js';

const MODEL = 'bulk-20';
const AT_ONCE = 20;

export const endedRuns = {
  name: 'ended-runs',
  shows:
    'The heap of the server before and after many runs, garbage collected and the time of their logs (1 s) over.',
  async run() {
    const runs = 10_000;
    return withTargets(
      { models: [MODEL], only: ['millrace native'], flags: HEAP_PROBE },
      async ({ targets, client }) => {
        const own = targets.find(({ name }) => name === 'millrace native');
        const after = async (count) => {
          await load(client, own, MODEL, { streams: AT_ONCE, chunks: 20, times: count / AT_ONCE });
          await pause(3000);
          return (await memoryOf(own.child)).heap;
        };
        // As many: until then code is compiled, which is heap, too.
        const before = await after(runs);
        const growth = ((await after(runs)) - before) / runs;
        return {
          tables: [table(`${runs} runs`, ['', 'bytes'], [['heap that a run leaves', growth.toFixed(0)]])],
          checks: [atMost('heap that a run leaves', growth, 50, ' bytes')],
        };
      },
    );
  },
};
