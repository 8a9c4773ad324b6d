import type { Kysely } from 'kysely';
import { openDatabase } from '../../src/database/open-database.js';
import { migrate } from '../../src/database/migrate.js';
import type { Database } from '../../src/database/schema.js';
import { openSqlite } from '../../src/database/sqlite-database.js';
import { startPostgres, type TestPostgres } from './postgres.js';

/** Where the tests of a repository get their databases from, one for each dialect. */
export interface TestDatabases {
  /** An empty database at the newest schema. */
  open(): Promise<Kysely<Database>>;
  /** A second instance's view of the same database; SQLite, with its one process, has none. */
  openAgain?(): Promise<Kysely<Database>>;
  /** Closes what was opened. */
  close(): Promise<void>;
}

/**
 * Runs the tests once on SQLite and once on a real PostgreSQL. `databases` is ready from `beforeAll` on; what is opened in a test
 * is closed after it.
 */
export function describeOnEachDatabase(name: string, tests: (databases: TestDatabases) => void): void {
  describe.each(['SQLite', 'PostgreSQL'])(`${name} on %s`, (dialect) => {
    const opened: Kysely<Database>[] = [];
    let postgres: TestPostgres | undefined;
    let url = '';
    const keep = async (made: Promise<Kysely<Database>>) => {
      const db = await made;
      opened.push(db);
      return db;
    };
    const close = async () => {
      await Promise.all(opened.splice(0).map((db) => db.destroy()));
    };

    beforeAll(async () => {
      if (dialect === 'PostgreSQL') postgres = await startPostgres();
    });
    afterEach(close);
    afterAll(() => postgres?.stop());

    tests({
      async open() {
        if (!postgres) return keep(openInMemory());
        url = await postgres.createDatabase();
        return keep(openDatabase(url));
      },
      ...(dialect === 'PostgreSQL' && { openAgain: () => keep(openDatabase(url)) }),
      close,
    });
  });
}

async function openInMemory(): Promise<Kysely<Database>> {
  const db = openSqlite('sqlite::memory:');
  await migrate(db);
  return db;
}
