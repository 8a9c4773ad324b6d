/** How many chunks a target relays in a second of its CPU, as a share of the raw relay in the same round. */
import { cpuSeconds, forkScript, median, residentMb } from './lib/processes.js';
import { startTargets } from './targets/index.js';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const CASES = [
  { name: 'bulk, 1 stream', model: 'bulk-40000', chunks: 40_000, streams: 1 },
  { name: 'bulk, 16 streams', model: 'bulk-5000', chunks: 5000, streams: 16 },
  { name: 'bulk, 64 streams', model: 'bulk-2000', chunks: 2000, streams: 64 },
  { name: 'one a write, 16', model: 'single-1000', chunks: 1000, streams: 16 },
];

export async function throughput() {
  const upstream = await forkScript('lib/upstream.js');
  const client = await forkScript('lib/load-client.js');
  const targets = await startTargets(
    `http://127.0.0.1:${upstream.message.port}`,
    CASES.map(({ model }) => model),
  );
  try {
    for (const { name, model, chunks, streams } of CASES) {
      const rates = new Map(targets.map((target) => [target.name, []]));
      for (let round = 0; round <= ROUNDS; round += 1) {
        for (const target of targets) {
          const before = cpuSeconds(target.child.pid);
          const { wrong } = await client.ask({ url: target.url, body: target.body(model), streams, chunks });
          if (wrong > 0) throw new Error(`${target.name}: ${wrong} of ${streams} texts were not whole`);
          // The first round warms up.
          if (round > 0)
            rates
              .get(target.name)
              .push((chunks * streams) / Math.max(0.01, cpuSeconds(target.child.pid) - before));
        }
      }
      const floor = rates.get('raw relay');
      for (const target of targets) {
        const own = rates.get(target.name);
        const share = median(own.map((rate, round) => rate / floor[round]));
        const memory = residentMb(target.child.pid).toFixed(0);
        console.log(
          `${name.padEnd(18)} ${target.name.padEnd(16)} ${median(own).toFixed(0).padStart(8)} chunks/CPU s   ${share.toFixed(2)} x raw relay   ${memory} MB`,
        );
      }
    }
  } finally {
    for (const { child } of [upstream, client, ...targets]) child.kill('SIGKILL');
  }
}
