/**
 * A thousand readers of one run come back at once, each after another chunk, as after the restart of a gateway: how long until each has
 * exactly the rest.
 *
 *   npm run bench resume-storm
 */
import { cpuSeconds } from './lib/processes.js';
import { atMost, table } from './lib/report.js';
import { median } from './lib/rounds.js';
import { endedRun } from './lib/runs.js';
import { withTargets } from './lib/session.js';

const CHUNKS = 5000;
const MODEL = `held-${CHUNKS}`;
const READERS = 1000;
const env = { LOG_RETENTION_SECONDS: '600' };

export const resumeStorm = {
  name: 'resume-storm',
  shows: `${READERS} readers resume one run of ${CHUNKS} chunks at once, each from another position. The text of each is compared with what it must be.`,
  async run({ rounds, brief }) {
    return withTargets(
      { models: [MODEL], only: ['millrace native'], env },
      async ({ targets, client, upstream }) => {
        const own = targets.find(({ name }) => name === 'millrace native');
        const run = await endedRun(own, client, upstream, MODEL);
        const times = { p50: [], p99: [] };
        const costs = [];
        const failures = new Set();
        let wrong = 0;
        for (let round = 0; round < (brief ? Math.min(rounds, 5) : rounds); round += 1) {
          const question = {
            do: 'replay',
            url: `${own.origin}/api/runs/${run}/events`,
            chunks: CHUNKS,
            readers: READERS,
            anywhere: true,
          };
          const before = cpuSeconds(own.child.pid);
          const answer = await client.ask(question);
          times.p50.push(answer.p50);
          times.p99.push(answer.p99);
          wrong += answer.wrong;
          for (const failure of answer.failures) failures.add(failure);
          costs.push(((cpuSeconds(own.child.pid) - before) * 1000) / READERS);
        }
        const rows = ['p50', 'p99'].map((name) => [
          name,
          median(times[name]).toFixed(0),
          times[name].map((ms) => ms.toFixed(0)).join(', '),
        ]);
        return {
          tables: [
            table('From the request to the whole rest', ['', 'median ms', 'rounds'], rows),
            table('The server', ['', 'CPU ms a reader'], [['median', median(costs).toFixed(2)]]),
          ],
          checks: [
            atMost('99 of 100 readers are served within', median(times.p99) / 1000, 2, ' s'),
            atMost(
              `readers that did not get the rest${failures.size > 0 ? ` (${[...failures].join(', ')})` : ''}`,
              wrong,
              0,
            ),
          ],
        };
      },
    );
  },
};
