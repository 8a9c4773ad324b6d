import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The graphs with which dialogues about a graph began, as they were. */
export const designs: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('designs')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('conversation_id', 'text', (column) => column.notNull())
      .addColumn('base', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('designs_key', ['tenant_id', 'user_id', 'conversation_id'])
      .execute();
  },

  async down(db: Kysely<unknown>) {
    await db.schema.dropTable('designs').execute();
  },
};
