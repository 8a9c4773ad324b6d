/** `npm start`: builds when `dist/` is missing or older than the sources, then serves. */
import { resolve } from 'node:path';
import { buildIfStale } from './build-if-stale.js';

const parent = process.ppid;
process.chdir(resolve(import.meta.dirname, '..'));
buildIfStale();
await import('../dist/server/main.js');
if (process.env['npm_lifecycle_event'] === 'start') stopWithNpm();

/**
 * npm runs this through a shell. A SIGTERM for npm ends both, without a word to this process, which would go on and keep its database
 * locked: it stops when it finds itself an orphan. A signal that did arrive is not doubled, because the second one exits at once.
 */
function stopWithNpm() {
  const watch = setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => clearInterval(watch));
}
