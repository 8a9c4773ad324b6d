/**
 * `npm run bench [-- question…] [--brief]`: builds if needed and asks the questions, side by side in one run, and writes what they answer
 * to bench/RESULTS.md when all were asked (or to the file of `--out`). Ratios count; absolutes are of this machine.
 *
 * `--brief` takes about 35 minutes for everything: fewer peers and smaller doses, the same checks. ROUNDS, ONLY and CASES narrow it, for
 * the questions that have them: ROUNDS=3 ONLY=millrace,Nest CASES=bulk npm run bench throughput
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfStale } from '../scripts/build-if-stale.js';
import { asMarkdown, asText } from './lib/report.js';

const here = import.meta.dirname;
/** One file a question. They are loaded when the peers are there. */
const files = {
  throughput: 'throughput',
  'request-cost': 'requestCost',
  paced: 'paced',
  'most-streams': 'mostStreams',
  memory: 'memory',
  'second-reader': 'secondReader',
  'resume-storm': 'resumeStorm',
  replay: 'replay',
  growth: 'growth',
  dialects: 'dialectCost',
  'redis-log': 'redisLog',
  'ended-runs': 'endedRuns',
  'start-up': 'startUp',
  soak: 'soak',
};

const { values: given, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { brief: { type: 'boolean', default: false }, out: { type: 'string' } },
});
const unknown = asked.find((name) => !files[name]);
if (unknown !== undefined)
  throw new Error(`There is no question ${unknown}; there are ${Object.keys(files).join(', ')}`);

if (!existsSync(resolve(here, 'node_modules'))) {
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: here,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('The peers could not be installed: npm --prefix bench ci');
}
if (process.env.MILLRACE_BUILD === undefined) buildIfStale();

const list = (text) => (text ? text.split(',') : []);
const options = {
  rounds: Number(process.env.ROUNDS ?? 5),
  only: list(process.env.ONLY),
  cases: list(process.env.CASES),
  brief: given.brief,
};
const about = {
  date: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  machine: `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${(totalmem() / 2 ** 30).toFixed(0)} GB, Node ${process.version}`,
  command: `npm run bench${['', ...asked, ...(given.brief ? ['-- --brief'] : [])].join(' ')}`,
};
const out = given.out ?? (asked.length === 0 ? resolve(here, 'RESULTS.md') : undefined);

const results = [];
for (const name of asked.length > 0 ? asked : Object.keys(files)) {
  console.log(`\n== ${name}`);
  results.push(await answer(name));
  // What is known is kept, whatever becomes of the questions that follow.
  if (out) writeFileSync(out, asMarkdown(results, about));
}
if (out) console.log(`\nWritten to ${relative(process.cwd(), out)}`);
process.exit(results.some(({ error }) => error) ? 1 : 0);

async function answer(name) {
  const { [files[name]]: question } = await import(`./${name}.js`);
  const began = performance.now();
  const result = { name, shows: question.shows, tables: [], checks: [] };
  try {
    Object.assign(result, await question.run(options));
    console.log(asText(result));
  } catch (error) {
    console.error(error);
    result.error = error instanceof Error ? error.message : String(error);
  }
  return { ...result, seconds: (performance.now() - began) / 1000 };
}
