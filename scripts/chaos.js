import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const FOLDER = 'test/chaos';
const HELP = `npm run chaos -- [options]     runs the built server under faults and checks every history

  --scenario <name>   only rounds whose name contains this: kill, kill alone, proxy, …   (default: all)
  --minutes <n>       how long, in all                                                   (default: 10)
  --rounds <n>        instead of --minutes: this many rounds of each
  --brief             instead of both: the bounded dose that .ci/run takes
  --seed <n>          what chance is made of: the same seed, the same faults             (default: by chance)
  --list              the scenarios
`;

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: '' },
    minutes: { type: 'string', default: '10' },
    rounds: { type: 'string' },
    brief: { type: 'boolean' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    list: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const files = readdirSync(join(root, FOLDER)).filter((name) => name.endsWith('.chaos-spec.ts'));
const [word] = values.scenario.split(' ');
const chosen = files.filter((name) => name.startsWith(word));
if (values.help || values.list || chosen.length === 0) {
  process.stdout.write(values.help ? HELP : `${files.map((name) => name.split('.')[0]).join('\n')}\n`);
  process.exit(values.help || values.list ? 0 : 2);
}

const seconds = values.rounds === undefined ? (Number(values.minutes) * 60) / chosen.length : 0;
const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  ...['--config', 'jest.chaos.config.js', '--runInBand'],
  ...['--runTestsByPath', ...chosen.map((name) => join(FOLDER, name))],
];
const { status } = spawnSync(process.execPath, jest, {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    CHAOS_SEED: values.seed,
    ...(!values.brief && { CHAOS_SECONDS: String(seconds) }),
    ...(values.rounds !== undefined && { CHAOS_ROUNDS: values.rounds }),
    ...(values.scenario !== '' && { CHAOS_ONLY: values.scenario }),
  },
});
process.exit(status ?? 1);
