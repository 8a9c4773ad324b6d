import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a run of a graph goes on from: the graph as it was, and each node that has ended, a row a node. */
export const graphRuns: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('graph_runs')
      .addColumn('run_id', 'text', (column) => column.primaryKey())
      .addColumn('graph_name', 'text', (column) => column.notNull())
      .addColumn('graphs', 'text')
      .addColumn('input', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('node_runs')
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('node_run_id', 'text', (column) => column.notNull())
      .addColumn('ended_as', 'integer', (column) => column.notNull())
      .addColumn('started_after', 'integer', (column) => column.notNull())
      .addColumn('node_id', 'text', (column) => column.notNull())
      .addColumn('output', 'text', (column) => column.notNull())
      .addColumn('choice', 'text')
      .addColumn('is_global', 'integer', (column) => column.notNull())
      .addColumn('file_name', 'text')
      .addPrimaryKeyConstraint('node_runs_key', ['run_id', 'node_run_id'])
      .execute();
    await db.schema.alterTable('rounds').addColumn('nodes', 'text').execute();
  },

  async down(db: Kysely<unknown>) {
    await db.schema.alterTable('rounds').dropColumn('nodes').execute();
    await db.schema.dropTable('node_runs').execute();
    await db.schema.dropTable('graph_runs').execute();
  },
};
