/**
 * What a system adds to streams of 50 chunks a second, as models send them: the delay of a chunk from the upstream's send to the
 * client's receipt, beside a client that asks the upstream directly, and CPU a chunk.
 *
 *   npm run bench paced
 */
import { cpuSeconds } from './lib/processes.js';
import { atMost, digits, table } from './lib/report.js';
import { inRounds, median, medianRatio } from './lib/rounds.js';
import { load, withTargets } from './lib/session.js';

const RATE = 50;
const CASES = [100, 150, 500, 2000];

export const paced = {
  name: 'paced',
  shows:
    'Streams of 50 chunks a second: how long a chunk is on its way, and what it costs. `direct` has no server between. On a machine that is full the delays of all grow; compare a column.',
  async run({ rounds, only, brief }) {
    const peers =
      only.length > 0
        ? only
        : ['naive Nest', 'AI SDK', 'millrace native', ...(brief ? [] : ['express', 'Portkey', 'LangChain'])];
    const chunks = brief ? 50 : 250;
    const model = `timed-${chunks}-${RATE}`;
    return withTargets({ models: [model], only: ['direct', ...peers] }, async ({ targets, client }) => {
      const tables = [];
      const checks = [];
      for (const streams of brief ? CASES.slice(0, 2) : CASES) {
        // The naive ones take minutes for what they cannot hold.
        const able =
          streams > 150 ? targets.filter(({ name }) => /direct|relay|millrace/.test(name)) : targets;
        const times = streams > 150 ? Math.min(rounds, 3) : rounds;
        const measured = await measure({ streams, chunks, model }, { targets: able, client, rounds: times });
        tables.push(tableOf(streams, able, measured));
        checks.push(...checksOf(streams, measured));
      }
      return { tables, checks };
    });
  },
};

async function measure({ streams, chunks, model }, { targets, client, rounds }) {
  const p50 = new Map(targets.map(({ name }) => [name, []]));
  const p99 = new Map(targets.map(({ name }) => [name, []]));
  const cost = await inRounds(targets, rounds, async (target) => {
    const before = target.child ? cpuSeconds(target.child.pid) : 0;
    const delays = await load(client, target, model, { do: 'paced', streams, chunks });
    p50.get(target.name).push(delays.p50);
    p99.get(target.name).push(delays.p99);
    const after = target.child ? cpuSeconds(target.child.pid) : Number.NaN;
    return ((after - before) * 1e6) / (streams * chunks);
  });
  for (const values of [...p50.values(), ...p99.values()]) values.shift();
  return { p50, p99, cost };
}

function tableOf(streams, targets, { p50, p99, cost }) {
  const rows = targets.map(({ name }) => [
    name,
    median(p50.get(name)).toFixed(2),
    median(p99.get(name)).toFixed(2),
    digits(median(cost.get(name))),
    digits(medianRatio(cost, name, 'raw relay')),
  ]);
  return table(`${streams} streams`, ['', 'p50 ms', 'p99 ms', 'CPU us a chunk', 'x raw relay'], rows);
}

function checksOf(streams, { p50, p99, cost }) {
  const own = 'millrace native';
  if (!cost.has(own)) return [];
  if (streams === 100)
    return [
      ['raw relay', 1.3],
      ['naive Nest @Sse', 0.5],
      ['AI SDK', 0.25],
    ].flatMap(([peer, must]) =>
      cost.has(peer)
        ? [atMost(`100 streams: CPU a chunk / ${peer}`, medianRatio(cost, own, peer), must, ' x')]
        : [],
    );
  if (streams !== 150) return [];
  const added = (delays, name) =>
    median(delays.get(name).map((delay, round) => delay - delays.get('direct')[round]));
  return [
    atMost('150 streams: p50 / raw relay', medianRatio(p50, own, 'raw relay'), 1.2, ' x'),
    atMost('150 streams: p99 / raw relay', medianRatio(p99, own, 'raw relay'), 2, ' x'),
    atMost('150 streams: p50 added to direct', added(p50, own), 1, ' ms'),
  ];
}
