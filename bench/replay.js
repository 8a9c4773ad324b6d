/**
 * What it costs to read a run of 20,000 events from its beginning, after it has ended.
 *
 *   npm run bench replay
 */
import { cpuSeconds } from './lib/processes.js';
import { atMost, table } from './lib/report.js';
import { median } from './lib/rounds.js';
import { endedRun } from './lib/runs.js';
import { withTargets } from './lib/session.js';

const CHUNKS = 20_000;
const MODEL = `held-${CHUNKS}`;
/** In a row, so that their CPU can be told from what else the process does. */
const REPLAYS = 10;
const env = { LOG_RETENTION_SECONDS: '600' };

export const replay = {
  name: 'replay',
  shows: `One reader reads a run of ${CHUNKS} chunks from its beginning.`,
  async run({ rounds }) {
    return withTargets(
      { models: [MODEL], only: ['millrace native'], env },
      async ({ targets, client, upstream }) => {
        const own = targets.find(({ name }) => name === 'millrace native');
        const url = `${own.origin}/api/runs/${await endedRun(own, client, upstream, MODEL)}/events`;
        const costs = [];
        for (let round = 0; round <= rounds; round += 1) {
          const before = cpuSeconds(own.child.pid);
          for (let time = 0; time < REPLAYS; time += 1) {
            const { wrong } = await client.ask({ do: 'replay', url, chunks: CHUNKS, readers: 1 });
            if (wrong > 0) throw new Error('A replay was not the answer');
          }
          if (round > 0) costs.push(((cpuSeconds(own.child.pid) - before) * 1000) / REPLAYS);
        }
        return {
          tables: [table('CPU of a replay', ['', 'ms'], [['median', median(costs).toFixed(2)]])],
          checks: [atMost('CPU of a replay', median(costs), 20, ' ms')],
        };
      },
    );
  },
};
