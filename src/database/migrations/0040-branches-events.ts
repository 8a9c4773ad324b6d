import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Rounds become a tree, runs know whether they began, and what happens to a conversation outside of its turns is kept. */
export const branchesEvents: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('rounds').addColumn('parent_round', 'integer').execute();
    await db.schema.alterTable('conversations').addColumn('head_round', 'integer').execute();
    await db.schema.alterTable('runs').addColumn('started_at', 'bigint').execute();
    // Until now each round followed the one before it.
    await sql`update rounds set parent_round = (
      select max(earlier.round) from rounds as earlier
      where earlier.tenant_id = rounds.tenant_id and earlier.user_id = rounds.user_id
        and earlier.conversation_id = rounds.conversation_id and earlier.round < rounds.round
    )`.execute(db);
    await sql`update conversations set head_round = (
      select max(rounds.round) from rounds
      where rounds.tenant_id = conversations.tenant_id and rounds.user_id = conversations.user_id
        and rounds.conversation_id = conversations.id
    )`.execute(db);
    await sql`update runs set started_at = created_at where state <> 'queued'`.execute(db);
    await db.schema
      .createTable('conversation_events')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('conversation_id', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('logged_by', 'text')
      .addPrimaryKeyConstraint('conversation_events_key', ['tenant_id', 'user_id', 'conversation_id', 'id'])
      .execute();
  },

  async down(db: Kysely<unknown>) {
    await db.schema.dropTable('conversation_events').execute();
    await db.schema.alterTable('runs').dropColumn('started_at').execute();
    await db.schema.alterTable('conversations').dropColumn('head_round').execute();
    await db.schema.alterTable('rounds').dropColumn('parent_round').execute();
  },
};
