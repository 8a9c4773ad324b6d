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
  const died = once(child, 'exit').then(() => {
    throw new Error('PostgreSQL did not start');
  });
  died.catch(() => {});
  const [{ url, failed }] = await Promise.race([once(child, 'message'), died]);
  if (failed !== undefined) throw new Error(`PostgreSQL: ${failed}`);
  process.env.TEST_POSTGRES_URL = url;
  globalThis.sharedPostgres = child;
}
