import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const checkpointsLeases: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('checkpoints')
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('seq', 'integer', (column) => column.notNull())
      .addColumn('events', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('checkpoints_key', ['run_id', 'seq'])
      .execute();
    await db.schema
      .createTable('instances')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.alterTable('runs').addColumn('instance_id', 'text').execute();
    await db.schema.alterTable('runs').addColumn('cancel_requested_at', 'bigint').execute();
    await db.schema.alterTable('runs').addColumn('checkpoint_seq', 'integer').execute();
  },

  async down(db: Kysely<unknown>) {
    await db.schema.alterTable('runs').dropColumn('checkpoint_seq').execute();
    await db.schema.alterTable('runs').dropColumn('cancel_requested_at').execute();
    await db.schema.alterTable('runs').dropColumn('instance_id').execute();
    await db.schema.dropTable('instances').execute();
    await db.schema.dropTable('checkpoints').execute();
  },
};
