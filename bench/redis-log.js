/**
 * What the log in Redis costs the server beside the log in memory: chunks a CPU second, with Redis and its persistence in a process of
 * its own. `node bench/log-append.mjs` measures the logs alone.
 *
 *   npm run bench redis-log
 */
import { spawnSync } from 'node:child_process';
import { atLeast } from './lib/report.js';
import { medianRatio } from './lib/rounds.js';
import { WARM_UP, warmUp, withTargets } from './lib/session.js';
import { CASES, ratesOf, tableOf } from './throughput.js';

export const redisLog = {
  name: 'redis-log',
  shows: 'Chunks a CPU second of the server with the log in Redis, as a share of the log in memory.',
  async run({ rounds, brief }) {
    if (spawnSync('redis-server', ['--version']).status !== 0)
      throw new Error('There is no redis-server on this machine');
    const chosen = CASES.filter(({ must }) => must || !brief);
    const models = [WARM_UP.model, ...chosen.map(({ model }) => model)];
    return withTargets(
      { models, only: ['millrace native', 'millrace, Redis'] },
      async ({ targets, client }) => {
        await warmUp(client, targets);
        const tables = [];
        const checks = [];
        for (const one of chosen) {
          const rates = await ratesOf(one, { targets, client, rounds });
          tables.push(tableOf(one, targets, rates, 'millrace native'));
          const share = medianRatio(rates, 'millrace, Redis', 'millrace native');
          if (one.must) checks.push(atLeast(`${one.name}: Redis / memory`, share, 0.5, ' x'));
        }
        return { tables, checks };
      },
    );
  },
};
