import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { searchText, searchTextOfRound } from '../../conversation/search-text.js';
import type { StoredMessage } from '../../conversation/stored-message.js';
import type { Database } from '../schema.js';

/** Who made a conversation's title, and texts to search in. */
export const titlesSearch: Migration = {
  async up(db: Kysely<Database>) {
    await db.schema
      .alterTable('conversations')
      .addColumn('titled_by', 'text', (column) => column.notNull().defaultTo('prompt'))
      .execute();
    await db.schema
      .alterTable('conversations')
      .addColumn('search_text', 'text', (column) => column.notNull().defaultTo(''))
      .execute();
    await db.schema
      .alterTable('rounds')
      .addColumn('search_text', 'text', (column) => column.notNull().defaultTo(''))
      .execute();
    for (const { id, tenant_id, user_id, title, tags } of await db
      .selectFrom('conversations')
      .select(['id', 'tenant_id', 'user_id', 'title', 'tags'])
      .execute())
      await db
        .updateTable('conversations')
        .set({ search_text: searchText([title, ...(JSON.parse(tags) as string[])]) })
        .where('tenant_id', '=', tenant_id)
        .where('user_id', '=', user_id)
        .where('id', '=', id)
        .execute();
    for (const { run_id } of await db.selectFrom('rounds').select('run_id').execute()) {
      const { messages } = await db
        .selectFrom('rounds')
        .select('messages')
        .where('run_id', '=', run_id)
        .executeTakeFirstOrThrow();
      await db
        .updateTable('rounds')
        .set({ search_text: searchTextOfRound(JSON.parse(messages) as StoredMessage[]) })
        .where('run_id', '=', run_id)
        .execute();
    }
  },

  async down(db: Kysely<Database>) {
    await db.schema.alterTable('rounds').dropColumn('search_text').execute();
    await db.schema.alterTable('conversations').dropColumn('search_text').execute();
    await db.schema.alterTable('conversations').dropColumn('titled_by').execute();
  },
};
