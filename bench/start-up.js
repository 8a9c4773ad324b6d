/**
 * How long a server takes from its start until it answers, and what it holds before its first request: a second later, with the
 * garbage of its start, and idle, once the collector has found that nothing happens. Millrace starts with a database of its own, as
 * `npm start` does.
 *
 *   npm run bench start-up
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forkScript, residentMb, startMillrace } from './lib/processes.js';
import { atMost, table } from './lib/report.js';
import { inRounds, median } from './lib/rounds.js';
import { pause } from './lib/runs.js';

const script = (name, file) => ({
  name,
  start: async () =>
    (await forkScript(`targets/${file}.js`, { env: { ...process.env, UPSTREAM: 'http://127.0.0.1:1' } }))
      .child,
});
const targets = [
  script('raw relay', 'raw-relay'),
  script('openai + express', 'express-openai'),
  script('naive Nest @Sse', 'nest-sse'),
  {
    name: 'millrace',
    start: async (directory) =>
      (await startMillrace({ DATABASE_URL: `sqlite:${join(directory, 'start.db')}` })).child,
  },
];

export const startUp = {
  name: 'start-up',
  shows:
    'From the start of the process until it listens; its resident memory a second later, and after half a minute.',
  async run({ rounds }) {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-start-'));
    const held = new Map(targets.map(({ name }) => [name, []]));
    const idle = new Map();
    const times = await inRounds(targets, rounds, async ({ name, start }) => {
      const began = performance.now();
      const child = await start(directory);
      const ready = performance.now() - began;
      await pause(1000);
      held.get(name).push(residentMb(child.pid));
      if (!idle.has(name)) idle.set(name, await idleMb(child));
      child.kill('SIGKILL');
      return ready;
    });
    rmSync(directory, { recursive: true, force: true });
    const rows = targets.map(({ name }) => [
      name,
      median(times.get(name)).toFixed(0),
      median(held.get(name)).toFixed(0),
      idle.get(name).toFixed(0),
    ]);
    return {
      tables: [table('Start and idle', ['', 'ready after ms', 'MB', 'idle MB'], rows)],
      checks: [
        atMost('start to ready', median(times.get('millrace')) / 1000, 1, ' s'),
        atMost('idle memory', idle.get('millrace'), 120, ' MB'),
      ],
    };
  },
};

async function idleMb(child) {
  await pause(29_000);
  return residentMb(child.pid);
}
