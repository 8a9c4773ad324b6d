import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely, SqliteAdapter, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely';
import type { Database } from './schema.js';
import { lockFile, type FileLock } from './sqlite-lock.js';
import { storageFault } from './storage-fault.js';

/**
 * Opens `sqlite:<path>` or `sqlite::memory:` (path relative to the working directory; its folder is made). Write-ahead log,
 * full sync: what was committed survives SIGKILL, and a power loss as far as the disk keeps what it acknowledged. What is deleted
 * is overwritten with zeros.
 *
 * Throws FileInUseError, which names the process, when another one uses the file, unless it is opened without the lock.
 */
export function openSqlite(url: string, { lock = true } = {}): Kysely<Database> {
  const path = url.slice('sqlite:'.length);
  if (path === ':memory:') return kyselyOf(new DatabaseSync(path));
  const file = resolve(path);
  mkdirSync(dirname(file), { recursive: true });
  const held = lock ? lockFile(realFile(file)) : undefined;
  const sqlite = new DatabaseSync(file, { timeout: 5000 });
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;');
  return kyselyOf(sqlite, held);
}

/** The same for every name of a file, so that two processes that know it by different links meet at one lock. */
function realFile(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return join(realpathSync(dirname(file)), basename(file));
  }
}

function kyselyOf(sqlite: DatabaseSync, lock?: FileLock): Kysely<Database> {
  return new Kysely<Database>({ dialect: new Dialect({ database: asKyselyDatabase(sqlite, lock) }) });
}

/** Kysely takes SQLite's changes of the schema for not transactional; they are (https://sqlite.org/lang_transaction.html). */
class Dialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Kysely speaks to the interface of better-sqlite3; `node:sqlite` differs in how it takes parameters and tells readers. */
function asKyselyDatabase(sqlite: DatabaseSync, lock: FileLock | undefined): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    prepare(sql) {
      // A full disk has rolled the transaction back already (https://sqlite.org/lang_transaction.html, "Response to errors").
      if (sql === 'rollback' && !sqlite.isTransaction) return nothing;
      const known = prepared.get(sql);
      if (known) return known;
      const statement = asKyselyStatement(sqlite.prepare(sql));
      if (prepared.size < 256) prepared.set(sql, statement);
      return statement;
    },
    close() {
      sqlite.close();
      lock?.release();
    },
  };
}

const nothing: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};

function asKyselyStatement(statement: StatementSync): SqliteStatement {
  const values = (parameters: ReadonlyArray<unknown>) => parameters as SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => translated(() => statement.all(...values(parameters))),
    run: (parameters) => translated(() => statement.run(...values(parameters))),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  };
}

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storageFault(error);
  }
}
