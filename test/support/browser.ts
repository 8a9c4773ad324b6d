import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { chromiumPath } from './chromium.js';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];

/**
 * Starts a real, headless Chromium. The caller closes it.
 *
 * @param flags further command-line flags
 */
export async function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  const executablePath = await chromiumPath();
  // Without a locale Chromium gives downloads ASCII names.
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  return await chromium.launch({ executablePath, headless: true, args: [...FLAGS, ...flags], env });
}
