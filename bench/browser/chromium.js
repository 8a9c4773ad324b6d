import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import preact from '@preact/preset-vite';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';

const here = import.meta.dirname;
/** How the pages import the client, but for the answers that are streamed. */
const OUR_CLIENT = /^(?:\.\.\/){3}client\/src\/(?!markdown\/testing\/)/;

export async function launchChromium() {
  return chromium.launch({
    executablePath: await chromiumPath(),
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
}

/**
 * Builds pages of `page/` as production and serves them.
 * @param client the `client/src` of another checkout, whose code the pages show then; what they stream stays ours
 * @returns what closes it, and its origin
 */
export async function servePages(pages, client) {
  const outDir = mkdtempSync(join(tmpdir(), 'millrace-bench-page-'));
  process.env.NODE_ENV = 'production';
  for (const page of pages)
    await build({
      configFile: false,
      root: join(here, 'page'),
      logLevel: 'error',
      resolve: client && {
        alias: [{ find: OUR_CLIENT, replacement: `${client}/` }],
        // Of both checkouts' copies one.
        dedupe: ['preact', '@preact/signals'],
      },
      plugins: page === 'react' ? [] : [preact({ reactAliasesEnabled: false })],
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
  return { origin: site.resolvedUrls.local[0], close: () => site.close() };
}

/** Opens a page that says `bench`, with its DevTools session. Durations are CPU time of its main thread: other work does not count. */
export async function withPage(browser, url, work) {
  const tab = await browser.newPage({ viewport: { width: 1100, height: 800 } });
  try {
    tab.on('pageerror', (error) => console.error(`${url}: ${error.message}`));
    await tab.goto(url);
    const cdp = await tab.context().newCDPSession(tab);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    return await work(tab, cdp);
  } finally {
    await tab.close();
  }
}

export async function metrics(cdp) {
  const { metrics: list } = await cdp.send('Performance.getMetrics');
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}

/** Bytes of the page's heap that are reachable. */
export async function heapUsed(cdp) {
  await cdp.send('HeapProfiler.collectGarbage');
  return (await metrics(cdp)).JSHeapUsedSize;
}

async function chromiumPath() {
  for (const path of [process.env.CHROME_PATH, '/usr/bin/chromium'])
    if (path && existsSync(path)) return path;
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs24.x';
  return (await import('@sparticuz/chromium')).default.executablePath();
}
