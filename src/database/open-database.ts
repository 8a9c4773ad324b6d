import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError } from '../protocol/error-code.js';
import { migrate } from './migrate.js';
import type { Database } from './schema.js';
import { openSqlite } from './sqlite-database.js';
import { FileInUseError } from './sqlite-lock.js';

/** How long a start waits for a PostgreSQL server that is starting, too. */
const PATIENCE_MS = 30_000;

/**
 * Opens the database of a DATABASE_URL and brings it to the newest schema. Instances that start at once wait for the one that
 * migrates. Throws an Error that says what is wrong without the URL's password.
 */
export async function openDatabase(url: string, patienceMs = PATIENCE_MS): Promise<Kysely<Database>> {
  if (url.startsWith('sqlite:')) return openAndMigrateSqlite(url);
  if (!URL.canParse(url))
    throw new Error('DATABASE_URL: is not a URL; are special characters of the password encoded?');
  // Loaded only where it is used: the client takes 10 MB.
  const { openPostgres } = await import('./postgres-database.js');
  await migratePostgres(
    () => openPostgres(url, { max: 1, statementMs: 0 }),
    url,
    performance.now() + patienceMs,
  );
  const logger = new Logger('Database');
  return openPostgres(url, {
    onIdleError: (err) => logger.warn({ err }, 'An idle database connection broke; the pool replaces it'),
  });
}

/**
 * The same for a command that may run beside a server: a SQLite file that a server uses is opened as it is, because that server has
 * brought it to its schema.
 */
export async function openDatabaseBeside(url: string): Promise<Kysely<Database>> {
  try {
    return await openDatabase(url);
  } catch (error) {
    if (!(error instanceof FileInUseError)) throw error;
    return openSqlite(url, { lock: false });
  }
}

async function openAndMigrateSqlite(url: string): Promise<Kysely<Database>> {
  const db = openSqlite(url);
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}

/** On a connection of its own, whose statements may take as long as they need. */
async function migratePostgres(open: () => Kysely<Database>, url: string, giveUp: number): Promise<void> {
  for (let wait = 100; ; wait = Math.min(wait * 2, 2000)) {
    const db = open();
    try {
      return await migrate(db);
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      if (!(cause instanceof MillraceError)) throw refusal(url, cause) ?? error;
      if (performance.now() > giveUp)
        throw new Error(`The database at ${placeOf(url)} cannot be reached: ${reasonOf(cause)}`, { cause });
      await sleep(wait);
    } finally {
      await db.destroy();
    }
  }
}

/** PostgreSQL's own words, when it is the user, the password or the name of the database that is wrong. */
function refusal(url: string, cause: unknown): Error | undefined {
  if (!(cause instanceof Error) || !/^(28|3D)/.test((cause as { code?: string }).code ?? ''))
    return undefined;
  return new Error(`The database at ${placeOf(url)} refused the connection: ${cause.message}`, { cause });
}

/** `host:port/name`. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}

function reasonOf({ cause }: MillraceError): string {
  const { code, message } = cause as { code?: string; message?: string };
  return code ?? message ?? 'it does not answer';
}
