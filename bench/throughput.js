/**
 * How many chunks a target relays in a second of its CPU, as a share of the raw relay in the same round.
 *
 *   npm run bench throughput            ROUNDS=7 ONLY=millrace,Nest CASES=bulk
 */
import { cpuSeconds, forkScript, residentMb } from './lib/processes.js';
import { inRounds, median, medianRatio } from './lib/rounds.js';
import { row } from './lib/table.js';
import { startTargets } from './targets/index.js';

/** Times: how often in a round, so that the CPU of a round is well above what else a process does. */
const CASES = [
  { name: 'bulk, 1 stream', model: 'bulk-40000', chunks: 40_000, streams: 1, times: 2 },
  { name: 'bulk, 16 streams', model: 'bulk-5000', chunks: 5000, streams: 16, times: 1 },
  { name: 'bulk, 64 streams', model: 'bulk-2000', chunks: 2000, streams: 64, times: 1 },
  { name: 'one a write, 1', model: 'single-4000', chunks: 4000, streams: 1, times: 1 },
  { name: 'one a write, 16', model: 'single-1000', chunks: 1000, streams: 16, times: 1 },
];

export async function throughput({ rounds, only, cases }) {
  const chosen = CASES.filter(({ name }) => cases.length === 0 || cases.some((part) => name.includes(part)));
  const upstream = await forkScript('lib/upstream.js');
  const client = await forkScript('lib/load-client.js');
  const models = chosen.map(({ model }) => model);
  const { targets, stop } = await startTargets(`http://127.0.0.1:${upstream.message.port}`, models, only);
  try {
    for (const { name, model, chunks, streams, times } of chosen) {
      const rates = await inRounds(targets, rounds, async (target) => {
        const { url, headers, format, child } = target;
        const before = cpuSeconds(child.pid);
        const body = target.body(model);
        const { wrong, sample } = await client.ask({ url, headers, body, format, streams, chunks, times });
        if (wrong > 0)
          throw new Error(`${target.name}: ${wrong} texts were not whole: ${sampleText(sample)}`);
        return (chunks * streams * times) / (cpuSeconds(child.pid) - before);
      });
      console.log(`\n${name}`);
      for (const target of targets) {
        const rate = median(rates.get(target.name));
        const share = medianRatio(rates, target.name, 'raw relay');
        const memory = `${residentMb(target.child.pid).toFixed(0)} MB`;
        console.log(
          row(target.name, `${rate.toFixed(0)} chunks/CPU s`, `${share.toFixed(3)} x raw relay`, memory),
        );
      }
    }
  } finally {
    stop();
    for (const { child } of [upstream, client]) child.kill('SIGKILL');
  }
}

function sampleText({ status, text }) {
  return `status ${status}, ${text.length} characters, ${JSON.stringify(text.slice(0, 80))}`;
}
