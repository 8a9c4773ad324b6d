import { sql, type Kysely } from 'kysely';
import type { Database } from './schema.js';

export interface DatabaseDurability {
  /** False when less survives than an operator expects of a database. */
  isSafe: boolean;
  /** What it survives, in a line for the operator. */
  text: string;
}

/**
 * What the database of a DATABASE_URL survives. PostgreSQL is asked for its settings
 * (https://www.postgresql.org/docs/18/runtime-config-wal.html); rejects with what a query rejects with.
 */
export async function databaseDurability(db: Kysely<Database>, url: string): Promise<DatabaseDurability> {
  if (url === 'sqlite::memory:')
    return { isSafe: false, text: 'SQLite in memory: everything is lost with the process' };
  if (url.startsWith('sqlite:'))
    return {
      isSafe: true,
      text: 'SQLite: what was committed survives a crash whole, and a power cut as far as the disk keeps what it acknowledged',
    };
  const setting = async (name: string) => {
    const { rows } = await sql<Record<string, string>>`show ${sql.raw(name)}`.execute(db);
    return rows[0]?.[name];
  };
  if ((await setting('fsync')) === 'off')
    return {
      isSafe: false,
      text: 'PostgreSQL with fsync off: a power cut may destroy the whole database: set fsync on',
    };
  if ((await setting('synchronous_commit')) === 'off')
    return {
      isSafe: false,
      text: 'PostgreSQL with synchronous_commit off: a crash of it may lose about the last second: set it on',
    };
  return { isSafe: true, text: 'PostgreSQL: what was committed survives a crash and a power cut whole' };
}
