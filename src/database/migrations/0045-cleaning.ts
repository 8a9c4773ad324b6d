import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What RunCleaner looks for, so that it does not read the whole history to find nothing. */
export const cleaning: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create index runs_to_clean on runs (ended_at)
      where conversation_id is null or idempotency_key is not null`.execute(db);
  },

  async down(db: Kysely<unknown>) {
    await db.schema.dropIndex('runs_to_clean').execute();
  },
};
