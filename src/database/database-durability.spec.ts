import { sql } from 'kysely';
import { startPostgres, type TestPostgres } from '../../test/support/postgres.js';
import { databaseDurability } from './database-durability.js';
import { openDatabase } from './open-database.js';
import type { Kysely } from 'kysely';
import type { Database } from './schema.js';

describe('[RUN-20] databaseDurability', () => {
  let postgres: TestPostgres;
  let db: Kysely<Database>;
  let url: string;
  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.createDatabase();
    db = await openDatabase(url);
  });
  afterAll(async () => {
    await db.destroy();
    await postgres.stop();
  });

  it('knows SQLite by its address', async () => {
    expect(await databaseDurability(db, 'sqlite::memory:')).toMatchObject({ isSafe: false });
    expect(await databaseDurability(db, 'sqlite:data/millrace.db')).toMatchObject({ isSafe: true });
  });

  it('asks PostgreSQL for its settings', async () => {
    const fsync = await sql<{ fsync: string }>`show fsync`.execute(db);
    const told = await databaseDurability(db, url);
    expect(told.isSafe).toBe(fsync.rows[0]?.fsync === 'on');
    expect(told.text).toMatch(/^PostgreSQL/);
    expect(told.text).not.toContain(new URL(url).port);
  });

  it('warns of commits that are not waited for', async () => {
    const connected = await db.connection().execute(async (one) => {
      await sql`set synchronous_commit = off`.execute(one);
      return databaseDurability(one, url);
    });
    expect(connected.isSafe).toBe(false);
  });
});
