/**
 * What each further reader of a run costs, as a share of the run with its first reader, when its chunks come as models send them and
 * when they come as fast as they can.
 *
 *   npm run bench second-reader
 */
import { cpuSeconds } from './lib/processes.js';
import { atMost, digits, table } from './lib/report.js';
import { median } from './lib/rounds.js';
import { pause } from './lib/runs.js';
import { load, WARM_UP, warmUp, withTargets } from './lib/session.js';

const FURTHER = 4;
const WINDOW_MS = 1200;
const CASES = [
  { name: 'paced, 50 chunks a second', model: 'timed-150-50', runs: 20, release: false },
  { name: 'bulk', model: 'held-20000', runs: 8, release: true },
];

export const secondReader = {
  name: 'second-reader',
  shows: `The CPU that each of ${FURTHER} further live readers adds to a run, divided by what the run costs with one.`,
  async run({ rounds, brief }) {
    const models = [WARM_UP.model, ...CASES.map(({ model }) => model)];
    return withTargets({ models, only: ['millrace native'] }, async ({ targets, client, upstream }) => {
      const own = targets.find(({ name }) => name === 'millrace native');
      await warmUp(client, targets);
      const rows = [];
      const checks = [];
      for (const one of CASES) {
        const shares = [];
        for (let round = 0; round <= (brief ? Math.min(rounds, 5) : rounds); round += 1) {
          const alone = await costOf(one, 0, own, client, upstream);
          const more = await costOf(one, FURTHER, own, client, upstream);
          if (round > 0) shares.push((more - alone) / FURTHER / alone);
        }
        rows.push([one.name, digits(median(shares))]);
        checks.push(atMost(`${one.name}: a further reader / the first`, median(shares), 0.35, ' x'));
      }
      return { tables: [table('A further reader', ['', 'x the first'], rows)], checks };
    });
  },
};

/** CPU seconds of some runs, from when all of their readers are there until each has read the end. */
async function costOf({ model, runs: count, release }, further, own, client, upstream) {
  const { runs } = await load(client, own, model, { do: 'hold', streams: count });
  const urls = runs.flatMap((run) => Array(further).fill(`${own.origin}/api/runs/${run}/events`));
  if (further > 0) await client.ask({ do: 'hold', urls });
  const before = cpuSeconds(own.child.pid);
  if (!release) return windowed(own, client, before);
  await upstream.ask('release');
  await client.ask({ do: 'readOut' });
  return cpuSeconds(own.child.pid) - before;
}

/** Streams in time cost what they do in a second of it. */
async function windowed(own, client, before) {
  await pause(WINDOW_MS);
  const cost = cpuSeconds(own.child.pid) - before;
  await client.ask({ do: 'readOut' });
  return cost;
}
