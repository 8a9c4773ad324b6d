import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const conversationsRoundsRuns: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('conversations')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('title', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('tags', 'text', (column) => column.notNull())
      .addColumn('round_count', 'integer', (column) => column.notNull())
      .addColumn('prompt_tokens', 'bigint', (column) => column.notNull())
      .addColumn('completion_tokens', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('conversations_key', ['tenant_id', 'user_id', 'id'])
      .execute();
    await db.schema
      .createIndex('conversations_by_update')
      .on('conversations')
      .columns(['tenant_id', 'user_id', 'updated_at'])
      .execute();

    await db.schema
      .createTable('runs')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('conversation_id', 'text')
      .addColumn('mode', 'text', (column) => column.notNull())
      .addColumn('model', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('epoch', 'integer', (column) => column.notNull())
      .addColumn('terminal', 'text')
      .addColumn('usage', 'text')
      .addColumn('last_seq', 'integer')
      .addColumn('idempotency_key', 'text')
      .addColumn('request_hash', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('ended_at', 'bigint')
      .addUniqueConstraint('runs_idempotency', ['tenant_id', 'user_id', 'idempotency_key'])
      .execute();
    await db.schema
      .createIndex('runs_by_conversation')
      .on('runs')
      .columns(['tenant_id', 'user_id', 'conversation_id'])
      .execute();
    await db.schema.createIndex('runs_by_state').on('runs').column('state').execute();

    await db.schema
      .createTable('rounds')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('conversation_id', 'text', (column) => column.notNull())
      .addColumn('round', 'integer', (column) => column.notNull())
      .addColumn('run_id', 'text', (column) => column.notNull())
      .addColumn('messages', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('rounds_key', ['tenant_id', 'user_id', 'conversation_id', 'round'])
      .execute();
    await db.schema.createIndex('rounds_by_run').on('rounds').column('run_id').execute();
  },

  async down(db: Kysely<unknown>) {
    await db.schema.dropTable('rounds').execute();
    await db.schema.dropTable('runs').execute();
    await db.schema.dropTable('conversations').execute();
  },
};
