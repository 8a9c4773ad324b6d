import { sql, SqliteAdapter, type Kysely } from 'kysely';

/**
 * Makes what was deleted before leave the files as well. SQLite has overwritten it in the database file (`secure_delete`), and its
 * old pages go with the write-ahead log, which is emptied here. PostgreSQL's vacuum does the like in its own time; a dump never holds
 * what was deleted.
 */
export async function eraseDeleted<Schema>(db: Kysely<Schema>): Promise<void> {
  if (db.getExecutor().adapter instanceof SqliteAdapter)
    await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db);
}
