import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * A run of all tests has one PostgreSQL for all files that do not stop it: making one takes a file seconds. A run of some tests leaves
 * it to those that need it. It ends with this process.
 */
export default async function sharedPostgres({ testPathPatterns }) {
  if (testPathPatterns.isSet() || process.env.TEST_POSTGRES_URL) return;
  const child = fork(new URL('./postgres-process.ts', import.meta.url), [], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ url, failed }] = await once(child, 'message');
  if (failed !== undefined) throw new Error(`PostgreSQL: ${failed}`);
  process.env.TEST_POSTGRES_URL = url;
  globalThis.sharedPostgres = child;
}
