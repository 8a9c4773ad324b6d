/**
 * `npm run bench:browser [-- --rounds=5 --only=late --save]`: streams the same answers into the UI's renderer and into those of other
 * projects, in a real Chromium, and compares the work of the main thread. Ratios count; absolutes are of this machine.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import preact from '@preact/preset-vite';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';

const here = import.meta.dirname;
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    save: { type: 'boolean', default: false },
  },
});
const ROUNDS = Number(values.rounds);

/** `before`: characters that are shown already. */
const CASES = [
  { name: 'burst', language: 'en', before: 0, characters: 20_000, rate: 1000 },
  { name: 'burst, four times as long', language: 'en', before: 0, characters: 80_000, rate: 1000 },
  { name: 'burst', language: 'zh', before: 0, characters: 20_000, rate: 1000 },
  { name: 'late', language: 'en', before: 40_000, characters: 4700, rate: 120 },
  { name: 'late', language: 'zh', before: 40_000, characters: 4700, rate: 120 },
  {
    name: 'late, CPU four times slower',
    language: 'zh',
    before: 40_000,
    characters: 4700,
    rate: 120,
    throttle: 4,
  },
  { name: 'code', language: 'ts', code: true, before: 0, characters: 12_000, rate: 1000 },
].filter(({ name }) => name.includes(values.only));

if (!existsSync(resolve(here, 'node_modules'))) {
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: here,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('The peers could not be installed: npm install --prefix bench/browser');
}

const outDir = mkdtempSync(join(tmpdir(), 'millrace-bench-page-'));
const pages = ['millrace', 'react'];
process.env.NODE_ENV = 'production';
for (const page of pages)
  await build({
    configFile: false,
    root: join(here, 'page'),
    logLevel: 'error',
    plugins: page === 'millrace' ? [preact({ reactAliasesEnabled: false })] : [],
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2023',
      chunkSizeWarningLimit: 5000,
      rolldownOptions: { input: join(here, 'page', `${page}.html`) },
    },
  });
const site = await preview({
  configFile: false,
  root: here,
  build: { outDir },
  preview: { port: 0, host: '127.0.0.1' },
});
const [origin] = site.resolvedUrls.local;
const browser = await chromium.launch({
  executablePath: await chromiumPath(),
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
});

const lines = [];
const say = (line) => {
  console.log(line);
  lines.push(line);
};
try {
  for (const one of CASES) {
    say(`\n### ${one.name}, ${one.language}: ${one.characters} characters at ${one.rate} deltas/s\n`);
    say(
      '| design | script | layout + style | main thread | script against ours | frames dropped | tasks > 50 ms |',
    );
    say('|---|---|---|---|---|---|---|');
    const results = await measured(one);
    const nothing = results.get('nothing');
    const net = (result, key) => Math.max(0, result[key] - nothing[key]);
    for (const [name, result] of results) {
      if (name === 'nothing') continue;
      const ratio = net(result, 'script') / net(results.get('millrace'), 'script');
      say(
        `| ${name} | ${net(result, 'script').toFixed(0)} | ${net(result, 'layout').toFixed(0)} | ${net(result, 'task').toFixed(0)} | ${ratio.toFixed(1)} | ${(result.dropped * 100).toFixed(1)} % | ${result.longTasks} |`,
      );
    }
  }
} finally {
  await browser.close();
  await site.close();
}
if (values.save)
  writeFileSync(
    resolve(here, '../RESULTS-browser.md'),
    `# The UI's renderer beside others\n\n${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0].model}, Node ${process.version}, headless Chromium.\n\`npm run bench:browser -- --rounds=${ROUNDS} --save\`: medians of ${ROUNDS} interleaved rounds; milliseconds of the main thread's CPU for 1,000 deltas, less what the page costs without a renderer.\n${lines.join('\n')}\n`,
  );

/** The median of each measure, by design; a round asks every design once. */
async function measured(one) {
  const rounds = new Map();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const page of pages)
      for (const name of await designsOf(page)) {
        const result = await measure(page, name, one);
        rounds.set(name, [...(rounds.get(name) ?? []), result]);
      }
  const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
  return new Map(
    [...rounds].map(([name, all]) => [
      name,
      Object.fromEntries(Object.keys(all[0]).map((key) => [key, median(all.map((result) => result[key]))])),
    ]),
  );
}

async function designsOf(page) {
  return withPage(page, (tab) => tab.evaluate('bench.designs'));
}

async function measure(page, name, { rate, throttle = 1, ...what }) {
  return withPage(page, async (tab, cdp) => {
    await tab.evaluate(`bench.prepare(${JSON.stringify({ ...what, name })})`);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttle });
    const before = await metrics(cdp);
    const { deltas, dropped, longTasks, characters } = await tab.evaluate(`bench.run(${rate})`);
    const after = await metrics(cdp);
    if (name !== 'nothing' && characters < what.characters / 2)
      throw new Error(`${name} shows ${characters} characters`);
    const spent = (key) => ((after[key] - before[key]) * 1000 * 1000) / deltas;
    return {
      script: spent('ScriptDuration'),
      layout: spent('LayoutDuration') + spent('RecalcStyleDuration'),
      task: spent('TaskDuration'),
      dropped,
      longTasks,
    };
  });
}

async function withPage(page, work) {
  const tab = await browser.newPage({ viewport: { width: 1100, height: 800 } });
  try {
    tab.on('pageerror', (error) => console.error(`${page}: ${error.message}`));
    await tab.goto(`${origin}${page}.html`);
    await tab.waitForFunction('globalThis.bench !== undefined');
    const cdp = await tab.context().newCDPSession(tab);
    // CPU time of the thread: other work on the machine does not count.
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    return await work(tab, cdp);
  } finally {
    await tab.close();
  }
}

async function metrics(cdp) {
  const { metrics: list } = await cdp.send('Performance.getMetrics');
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}

async function chromiumPath() {
  for (const path of [process.env.CHROME_PATH, '/usr/bin/chromium'])
    if (path && existsSync(path)) return path;
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs24.x';
  return (await import('@sparticuz/chromium')).default.executablePath();
}
