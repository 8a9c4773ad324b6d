/**
 * What a request costs beside its chunks: CPU a request of an answer of one chunk, one at a time and 16 at once, and how long the client
 * waits for the first byte.
 *
 *   npm run bench request-cost
 */
import { cpuSeconds, forkScript } from './lib/processes.js';
import { inRounds, median, medianRatio } from './lib/rounds.js';
import { row } from './lib/table.js';
import { startTargets } from './targets/index.js';

const CASES = [
  { name: 'one at a time', streams: 1, times: 100 },
  { name: '16 at once', streams: 16, times: 10 },
  { name: '64 at once', streams: 64, times: 3 },
];
const MODEL = 'bulk-1';

export async function requestCost({ rounds, only, cases }) {
  const chosen = CASES.filter(({ name }) => cases.length === 0 || cases.some((part) => name.includes(part)));
  const upstream = await forkScript('lib/upstream.js');
  const client = await forkScript('lib/load-client.js');
  const { targets, stop } = await startTargets(`http://127.0.0.1:${upstream.message.port}`, [MODEL], only);
  try {
    for (const { name, streams, times } of chosen) {
      const waits = new Map(targets.map((target) => [target.name, []]));
      const costs = await inRounds(targets, rounds, async (target) => {
        const { url, headers, format, child } = target;
        const before = cpuSeconds(child.pid);
        const body = target.body(MODEL);
        const { wrong, headMs } = await client.ask({ url, headers, body, format, streams, chunks: 1, times });
        if (wrong > 0) throw new Error(`${target.name}: ${wrong} texts were not whole`);
        waits.get(target.name).push(headMs);
        return ((cpuSeconds(child.pid) - before) * 1000) / (streams * times);
      });
      console.log(`\n${name}`);
      for (const target of targets) {
        const cost = median(costs.get(target.name));
        const share = medianRatio(costs, target.name, 'raw relay');
        const wait = median(waits.get(target.name).slice(1));
        console.log(
          row(
            target.name,
            `${cost.toFixed(2)} ms CPU a request`,
            `${share.toFixed(1)} x raw relay`,
            `first byte ${wait.toFixed(2)} ms`,
          ),
        );
      }
    }
  } finally {
    stop();
    for (const { child } of [upstream, client]) child.kill('SIGKILL');
  }
}
