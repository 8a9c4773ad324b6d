/**
 * What a system adds to streams of 50 chunks a second, as models send them: the delay of a chunk from the upstream's send to the
 * client's receipt, beside a client that asks the upstream directly, and CPU a chunk.
 *
 *   npm run bench paced
 */
import { cpuSeconds } from './lib/processes.js';
import { atMost, digits, table } from './lib/report.js';
import { inRounds, median, medianRatio } from './lib/rounds.js';
import { pause } from './lib/runs.js';
import { timed } from './lib/stamps.js';
import { load, WARM_UP, warmUp, withTargets } from './lib/session.js';

const RATE = 50;
const CASES = [100, 150, 500, 2000];
/** The most for which there is something to reach. */
const MOST_JUDGED = 150;

export const paced = {
  name: 'paced',
  shows:
    'Streams of 50 chunks a second: how long a chunk is on its way, and what it costs, while all streams are open: how they begin and end at once is not counted. `direct` has no server between. On a machine that is full the delays of all grow; compare a column.',
  async run({ rounds, only, brief }) {
    const peers =
      only.length > 0
        ? only
        : ['naive Nest', 'AI SDK', 'millrace native', ...(brief ? [] : ['express', 'Portkey', 'LangChain'])];
    const seconds = brief ? 2 : 4;
    const cases = brief ? CASES.filter((streams) => streams <= MOST_JUDGED) : CASES;
    const models = cases.map((streams) => timed(streams, seconds, RATE).model);
    return withTargets(
      { models: [WARM_UP.model, ...models], only: ['direct', ...peers] },
      async ({ targets, client }) => {
        await warmUp(client, targets);
        const tables = [];
        const checks = [];
        for (const streams of cases) {
          // The naive ones take minutes for what they cannot hold.
          const able =
            streams > MOST_JUDGED
              ? targets.filter(({ name }) => /direct|relay|millrace/.test(name))
              : targets;
          const times = streams > MOST_JUDGED ? Math.min(rounds, 3) : rounds;
          const measured = await measure({ streams, seconds }, { targets: able, client, rounds: times });
          tables.push(tableOf(streams, able, measured));
          checks.push(...checksOf(streams, measured));
        }
        return { tables, checks };
      },
    );
  },
};

/**
 * CPU is that of a window in which all streams are open, because a request costs more than a chunk and is asked about by another
 * question.
 */
async function measure({ streams, seconds }, { targets, client, rounds }) {
  const { model, ...counted } = timed(streams, seconds, RATE);
  const { fromMs, untilMs } = counted;
  const p50 = new Map(targets.map(({ name }) => [name, []]));
  const p99 = new Map(targets.map(({ name }) => [name, []]));
  const cost = await inRounds(targets, rounds, async (target) => {
    const reading = load(client, target, model, { do: 'paced', streams, ...counted });
    // Whoever fails, fails below.
    reading.catch(() => undefined);
    await pause(fromMs);
    const used = () => (target.child ? cpuSeconds(target.child.pid) : Number.NaN);
    const [before, began] = [used(), performance.now()];
    await pause(untilMs - fromMs);
    const chunks = (streams * RATE * (performance.now() - began)) / 1000;
    const share = ((used() - before) * 1e6) / chunks;
    const delays = await reading;
    p50.get(target.name).push(delays.p50);
    p99.get(target.name).push(delays.p99);
    return share;
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
  if (!cost.has(own) || streams > MOST_JUDGED) return [];
  const musts = { 'raw relay': 1.3, 'naive Nest @Sse': 0.5, 'AI SDK': 0.25 };
  const peers = Object.entries(musts).filter(([peer]) => cost.has(peer));
  return [
    ...peers.map(([peer, must]) =>
      atMost(`${streams} streams: CPU a chunk / ${peer}`, medianRatio(cost, own, peer), must, ' x'),
    ),
    atMost(`${streams} streams: p50 / raw relay`, medianRatio(p50, own, 'raw relay'), 1.2, ' x'),
    atMost(`${streams} streams: p99 / raw relay`, medianRatio(p99, own, 'raw relay'), 2, ' x'),
  ];
}
