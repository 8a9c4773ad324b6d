import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Database } from '../schema.js';

/** What a run does without readers, and indexes for what is cleaned after the retention time. */
export const lifecycle: Migration = {
  async up(db: Kysely<Database>) {
    await db.schema.alterTable('runs').addColumn('on_disconnect', 'text').execute();
    await db
      .updateTable('runs')
      .set({ request_hash: null })
      .where('idempotency_key', 'is', null)
      .where('request_hash', 'is not', null)
      .execute();
    await db.schema
      .createIndex('runs_with_key')
      .on('runs')
      .column('ended_at')
      .where(sql.ref('idempotency_key'), 'is not', null)
      .execute();
    await db.schema
      .createIndex('runs_without_conversation')
      .on('runs')
      .column('ended_at')
      .where(sql.ref('conversation_id'), 'is', null)
      .execute();
  },

  async down(db: Kysely<Database>) {
    await db.schema.dropIndex('runs_without_conversation').execute();
    await db.schema.dropIndex('runs_with_key').execute();
    await db.schema.alterTable('runs').dropColumn('on_disconnect').execute();
  },
};
