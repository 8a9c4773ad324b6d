/**
 * Whether an event costs more in a long answer than in a short one: CPU a chunk of answers of 2,000 and of 20,000 chunks, as many
 * chunks in all, with one chunk a write of the upstream and with many. The cost of a request is taken out: it is shared by more chunks
 * in a long answer, which would hide a growth.
 *
 *   npm run bench growth
 */
import { cpuSeconds } from './lib/processes.js';
import { atMost, digits, table } from './lib/report.js';
import { median } from './lib/rounds.js';
import { load, WARM_UP, warmUp, withTargets } from './lib/session.js';

const SHORT = 2000;
const LONG = 20_000;
const LONGEST = 100_000;
const KINDS = { single: 'one a write', bulk: 'bulk' };

export const growth = {
  name: 'growth',
  shows: `CPU a chunk in answers of ${SHORT}, ${LONG} and, in bulk, ${LONGEST} chunks, without the cost of a request.`,
  async run({ rounds, brief }) {
    const models = [
      WARM_UP.model,
      ...Object.keys(KINDS).flatMap((kind) => [1, SHORT, LONG].map((chunks) => `${kind}-${chunks}`)),
      `bulk-${LONGEST}`,
    ];
    return withTargets({ models, only: ['millrace native'] }, async ({ targets, client }) => {
      const own = targets.find(({ name }) => name === 'millrace native');
      await warmUp(client, targets);
      const rows = [];
      const checks = [];
      for (const [kind, name] of Object.entries(KINDS)) {
        const lengths = kind === 'bulk' ? [SHORT, LONG, LONGEST] : [SHORT, LONG];
        const total = kind === 'bulk' ? 200_000 : 20_000;
        const costs = new Map(lengths.map((length) => [length, []]));
        await costOf(own, client, `${kind}-1`, { chunks: 1, times: 300 });
        for (let round = 0; round <= rounds * (brief ? 1 : 2); round += 1) {
          const request = await costOf(own, client, `${kind}-1`, { chunks: 1, times: 50 });
          for (const length of lengths) {
            const times = total / length;
            const cost = await costOf(own, client, `${kind}-${length}`, { chunks: length, times });
            if (round > 0) costs.get(length).push((cost - request) / length);
          }
        }
        for (const length of lengths) rows.push([`${name}, ${length}`, digits(median(costs.get(length)))]);
        const ratio = median(costs.get(LONG).map((cost, round) => cost / costs.get(SHORT)[round]));
        checks.push(atMost(`${name}: a chunk of ${LONG} / of ${SHORT}`, ratio, 1.05, ' x'));
      }
      return { tables: [table('CPU a chunk', ['', 'us'], rows)], checks };
    });
  },
};

/** Microseconds of CPU an answer. */
async function costOf(own, client, model, { chunks, times }) {
  const before = cpuSeconds(own.child.pid);
  await load(client, own, model, { streams: 1, chunks, times });
  return ((cpuSeconds(own.child.pid) - before) * 1e6) / times;
}
