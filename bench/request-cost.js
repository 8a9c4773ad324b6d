/**
 * What a request costs beside its chunks: CPU of an answer of one chunk, and how long the client waits for the first byte and for the
 * first text. A server lives long, so its code is warm when it is measured.
 *
 *   npm run bench request-cost
 */
import { cpuSeconds } from './lib/processes.js';
import { atMost, digits, table } from './lib/report.js';
import { inRounds, median, medianRatio } from './lib/rounds.js';
import { load, WARM_UP, warmUp, withTargets } from './lib/session.js';

const CASES = [
  { name: 'one at a time', streams: 1, times: 100 },
  { name: '16 at once', streams: 16, times: 10 },
  { name: '64 at once', streams: 64, times: 3 },
];
const MODEL = 'bulk-1';

export const requestCost = {
  name: 'request-cost',
  shows: 'CPU of a request whose answer is one chunk, and the wait for its first byte and its first text.',
  async run({ rounds, only, brief }) {
    const peers = brief && only.length === 0 ? ['naive Nest', 'AI SDK', 'millrace native'] : only;
    return withTargets({ models: [MODEL, WARM_UP.model], only: peers }, async ({ targets, client }) => {
      await warmUp(client, targets);
      const tables = [];
      const checks = [];
      for (const one of CASES) {
        const measured = await measure(one, { targets, client, rounds });
        tables.push(measured.table);
        if (one.streams < 64) checks.push(...checksOf(one, measured));
      }
      return { tables, checks };
    });
  },
};

async function measure({ name, streams, times }, { targets, client, rounds }) {
  const heads = new Map(targets.map((target) => [target.name, []]));
  const firsts = new Map(targets.map((target) => [target.name, []]));
  const costs = await inRounds(targets, rounds, async (target) => {
    const before = cpuSeconds(target.child.pid);
    const { headMs, firstMs } = await load(client, target, MODEL, { streams, chunks: 1, times });
    heads.get(target.name).push(headMs);
    firsts.get(target.name).push(firstMs);
    return ((cpuSeconds(target.child.pid) - before) * 1000) / (streams * times);
  });
  const rows = targets.map((target) => [
    target.name,
    median(costs.get(target.name)).toFixed(2),
    digits(medianRatio(costs, target.name, 'raw relay')),
    median(heads.get(target.name)).toFixed(2),
    median(firsts.get(target.name)).toFixed(2),
  ]);
  const head = ['', 'CPU ms a request', 'x raw relay', 'first byte ms', 'first text ms'];
  return { table: table(name, head, rows), costs, heads, firsts };
}

function checksOf({ name, streams }, { costs, heads, firsts }) {
  const own = 'millrace native';
  if (!costs.has(own)) return [];
  const checks = [atMost(`${name}: CPU of a request`, median(costs.get(own)), 2, ' ms')];
  if (streams > 1) return checks;
  const added = (waits) => median(waits.get(own)) - median(waits.get('raw relay'));
  checks.push(atMost(`${name}: first byte after the raw relay's`, added(heads), 0.8, ' ms'));
  checks.push(atMost(`${name}: first text after the raw relay's`, added(firsts), 2, ' ms'));
  return checks;
}
