import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildIfStale } from '../../scripts/build-if-stale.js';

/**
 * Tests that start the server as its own process, or open the UI, use what users run: the build. The browser is unpacked before several
 * workers ask for it at once; in a process of its own, because that puts the browser's libraries before the system's.
 */
export default function globalSetup() {
  buildIfStale();
  execFileSync(process.execPath, [join(import.meta.dirname, 'chromium.js')]);
}
