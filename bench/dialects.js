/**
 * What the dialects of other clients cost beside our own: chunks a CPU second of the same server on each of its routes. Those that a
 * build lacks are left out.
 *
 *   npm run bench dialects
 */
import { atLeast } from './lib/report.js';
import { medianRatio } from './lib/rounds.js';
import { WARM_UP, warmUp, withTargets } from './lib/session.js';
import { CASES, ratesOf, tableOf } from './throughput.js';

const NATIVE = 'millrace native';
const STORED = 'millrace stored native';
/** What a dialect is measured by: what does the same. */
const baseOf = (name) => (name === 'millrace ag-ui' ? STORED : NATIVE);

export const dialectCost = {
  name: 'dialects',
  shows: 'Chunks a CPU second in each dialect, as a share of the native one, on the same server.',
  async run({ rounds, brief }) {
    const chosen = CASES.filter(({ must }) => must || !brief);
    const models = [WARM_UP.model, ...chosen.map(({ model }) => model)];
    return withTargets({ models, only: ['millrace '] }, async ({ targets: all, client }) => {
      const targets = all.filter(({ name }) => name.startsWith('millrace '));
      await warmUp(client, targets);
      const tables = [];
      const checks = [];
      for (const one of chosen) {
        const rates = await ratesOf(one, { targets, client, rounds });
        tables.push(tableOf(one, targets, rates, NATIVE));
        if (!one.name.startsWith('bulk')) continue;
        for (const { name } of targets.filter((target) => target.name !== NATIVE && target.name !== STORED)) {
          const base = baseOf(name);
          checks.push(atLeast(`${one.name}: ${name} / ${base}`, medianRatio(rates, name, base), 0.7, ' x'));
        }
      }
      return { tables, checks };
    });
  },
};
