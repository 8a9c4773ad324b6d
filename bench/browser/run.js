/**
 * `npm run bench:browser [-- --rounds=5 --question=renderers --only='late, en' --save]`: what the UI costs a real Chromium, beside other
 * renderers. Ratios count; absolutes are of this machine. `--save` writes bench/RESULTS-browser.md. `--beside=/path/to/another/checkout`
 * compares the renderers of two checkouts instead: what a change has brought.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfStale } from '../../scripts/build-if-stale.js';

const here = import.meta.dirname;
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    question: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    save: { type: 'boolean', default: false },
    beside: { type: 'string' },
  },
});

const rounds = Number(values.rounds);
const lines = [];
const say = (line) => {
  console.log(line);
  lines.push(line);
};
if (values.beside === undefined) await askAll();
else {
  if (values.save || values.question !== '') throw new Error('--beside goes with --rounds and --only alone');
  const { beside } = await import('./beside.js');
  await beside({ directory: values.beside, rounds, only: values.only, say });
}

async function askAll() {
  installPeers();
  buildIfStale();
  const { launchChromium, servePages } = await import('./chromium.js');
  const { Targets } = await import('./targets.js');
  const { history } = await import('./history.js');
  const { PAGES, renderers } = await import('./renderers.js');
  const { PAGE, transport } = await import('./transport.js');
  const { PAGE: LONG_ANSWER, longAnswer } = await import('./long-answer.js');
  const questions = { transport, history, longAnswer, renderers };
  const asked = values.question === '' ? Object.keys(questions) : values.question.split(',');

  const targets = new Targets();
  const site = await servePages([...PAGES, PAGE, LONG_ANSWER]);
  const browser = await launchChromium();
  try {
    for (const name of asked)
      await questions[name]({ browser, origin: site.origin, rounds, only: values.only, say, targets });
  } finally {
    await browser.close();
    await site.close();
  }
  say('\n### Targets\n');
  for (const line of targets.lines()) say(line);
  if (values.save) save();
}

function installPeers() {
  if (existsSync(resolve(here, 'node_modules'))) return;
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: here,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('The peers could not be installed: npm install --prefix bench/browser');
}

function save() {
  const intro = [
    '# The UI in a browser, beside others',
    '',
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0].model}, Node ${process.version}, headless Chromium.`,
    `\`npm run bench:browser -- --rounds=${rounds} --save\`: medians of ${rounds} interleaved rounds. Script, layout and main thread are milliseconds of`,
    'the main thread’s CPU for 1,000 deltas, less what the page costs without a renderer. Ratios are medians of those of each round.',
  ];
  writeFileSync(resolve(here, '../RESULTS-browser.md'), `${[...intro, ...lines].join('\n')}\n`);
}
