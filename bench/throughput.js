/**
 * How many chunks a system relays in a second of its CPU, as a share of the raw relay in the same round, with many chunks a write of
 * the upstream and with one.
 *
 *   npm run bench throughput            ROUNDS=7 ONLY=millrace,Nest CASES=bulk
 */
import { cpuSeconds, residentMb } from './lib/processes.js';
import { atLeast, digits, table } from './lib/report.js';
import { inRounds, median, medianRatio } from './lib/rounds.js';
import { load, WARM_UP, warmUp, withTargets } from './lib/session.js';

/**
 * Streams of one length in each kind of case, so that only their number differs; what a request costs is a question of its own, and the
 * short streams show what it takes of an answer. Times: how often in a round, so that its CPU is well above what else a process does.
 */
export const CASES = [
  { name: 'bulk, 1 stream', model: 'bulk-5000', chunks: 5000, streams: 1, times: 16 },
  { name: 'bulk, 16 streams', model: 'bulk-5000', chunks: 5000, streams: 16, times: 8, must: true },
  { name: 'bulk, 64 streams', model: 'bulk-5000', chunks: 5000, streams: 64, times: 2, must: true },
  { name: 'bulk, 64 short streams', model: 'bulk-500', chunks: 500, streams: 64, times: 10 },
  { name: 'one a write, 1', model: 'single-4000', chunks: 4000, streams: 1, times: 8 },
  { name: 'one a write, 16', model: 'single-4000', chunks: 4000, streams: 16, times: 6, must: true },
];

export const throughput = {
  name: 'throughput',
  shows:
    'Chunks a system relays in a second of its CPU. A share of 1 is the raw relay, which passes bytes on unread.',
  async run({ rounds, only, cases, brief }) {
    const chosen = CASES.filter(({ name, must }) =>
      cases.length > 0 ? cases.some((part) => name.includes(part)) : !brief || must,
    );
    const peers = brief && only.length === 0 ? ['naive Nest', 'AI SDK', 'express', 'millrace native'] : only;
    return withTargets(
      { models: [WARM_UP.model, ...chosen.map(({ model }) => model)], only: peers },
      async ({ targets, client }) => {
        await warmUp(client, targets);
        const tables = [];
        const checks = [];
        for (const one of chosen) {
          // The AI SDK takes longer for one such case than all others together.
          const able = brief && one !== chosen[0] ? targets.filter(({ name }) => name !== 'AI SDK') : targets;
          const rates = await ratesOf(one, { targets: able, client, rounds });
          tables.push(tableOf(one, able, rates, 'raw relay'));
          if (one.must) checks.push(...checksOf(one.name, rates));
        }
        return { tables, checks };
      },
    );
  },
};

/** How long a load is given before it counts. */
const WARM_MS = 2000;

/**
 * Chunks a CPU second of each target, round by round. While the others are measured a server is idle, and V8 gives back the heap that it
 * works with and forgets its compiled code (decision 11): each begins with the same load, which is not counted.
 */
export function ratesOf({ model, chunks, streams, times }, { targets, client, rounds }) {
  return inRounds(targets, rounds, async (target) => {
    const warm = performance.now() + WARM_MS;
    do await load(client, target, model, { streams, chunks, times: 1 });
    while (performance.now() < warm);
    const before = cpuSeconds(target.child.pid);
    await load(client, target, model, { streams, chunks, times });
    return (chunks * streams * times) / (cpuSeconds(target.child.pid) - before);
  });
}

export function tableOf({ name }, targets, rates, base) {
  const rows = targets.map((target) => [
    target.name,
    median(rates.get(target.name)).toFixed(0),
    medianRatio(rates, target.name, base).toFixed(3),
    residentMb(target.child.pid).toFixed(0),
  ]);
  return table(name, ['', 'chunks/CPU s', `x ${base}`, 'MB'], rows);
}

function checksOf(name, rates) {
  const own = 'millrace native';
  if (!rates.has(own)) return [];
  const musts = name.startsWith('bulk')
    ? { 'raw relay': 0.25, 'naive Nest @Sse': 6, 'AI SDK': 12 }
    : { 'raw relay': 0.37, 'naive Nest @Sse': 3 };
  return Object.entries(musts).flatMap(([peer, must]) =>
    rates.has(peer) ? [atLeast(`${name}: native / ${peer}`, medianRatio(rates, own, peer), must, ' x')] : [],
  );
}
