import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Graphs as people write them, with every version that they saved. */
export const graphs: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('graphs')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('readme', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('graphs_key', ['tenant_id', 'user_id', 'name'])
      .execute();
    await db.schema
      .createTable('graph_versions')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('config', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('graph_versions_key', ['tenant_id', 'user_id', 'name', 'version'])
      .execute();
  },

  async down(db: Kysely<unknown>) {
    await db.schema.dropTable('graph_versions').execute();
    await db.schema.dropTable('graphs').execute();
  },
};
