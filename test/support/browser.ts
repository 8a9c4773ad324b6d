import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];

/**
 * Starts a real, headless Chromium: `CHROME_PATH` or /usr/bin/chromium where one is installed, else the one in the npm
 * package @sparticuz/chromium, which brings its shared libraries and fonts. The caller closes it.
 *
 * @param flags further command-line flags
 */
export async function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  const executablePath = await findChromium();
  // Without a locale Chromium gives downloads ASCII names.
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  return await chromium.launch({ executablePath, headless: true, args: [...FLAGS, ...flags], env });
}

async function findChromium(): Promise<string> {
  for (const path of [process.env['CHROME_PATH'], '/usr/bin/chromium'])
    if (path !== undefined && path !== '' && existsSync(path)) return path;
  // It unpacks its shared libraries only where it believes to run on AWS Lambda, and decides that when it is imported.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs24.x';
  const packed = await import('@sparticuz/chromium');
  return await packed.default.executablePath();
}
