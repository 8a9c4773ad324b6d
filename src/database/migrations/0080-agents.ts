import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Agents as people write them, and which of them answered a turn. */
export const agents: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('agents')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('config', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('agents_key', ['tenant_id', 'user_id', 'name'])
      .execute();
    await db.schema.alterTable('runs').addColumn('agent_name', 'text').execute();
  },

  async down(db: Kysely<unknown>) {
    await db.schema.alterTable('runs').dropColumn('agent_name').execute();
    await db.schema.dropTable('agents').execute();
  },
};
