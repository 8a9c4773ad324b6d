/**
 * `npm run bench [-- question…]`: builds if needed and asks the questions, side by side in one run. Ratios count; absolutes are of this
 * machine. ROUNDS, ONLY and CASES narrow it: ROUNDS=3 ONLY=millrace,Nest CASES=bulk npm run bench throughput
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildIfStale } from '../scripts/build-if-stale.js';

const here = import.meta.dirname;
const questions = {
  throughput: async () => (await import('./throughput.js')).throughput,
  'request-cost': async () => (await import('./request-cost.js')).requestCost,
};

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
};
const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(questions)) {
  if (!questions[name])
    throw new Error(`There is no question ${name}; there are ${Object.keys(questions).join(', ')}`);
  console.log(`\n== ${name}`);
  await (
    await questions[name]()
  )(options);
}
