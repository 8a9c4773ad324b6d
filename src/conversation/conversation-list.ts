import { Inject, Injectable } from '@nestjs/common';
import { sql, type ExpressionBuilder, type Kysely } from 'kysely';
import type { Owner } from '../auth/owner.js';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/schema.js';
import type { Conversation } from './conversation.store.js';
import type { ListCursor, ListQuery } from './list-query.js';
import { containing } from './search-text.js';

export interface ConversationPage {
  conversations: Conversation[];
  /** Of all pages. */
  total: number;
  /** Where the next page begins; null at the end. */
  next: ListCursor | null;
}

/** The list of an owner's conversations: newest change first, by pages, filtered and searched. */
@Injectable()
export class ConversationList {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  async page(owner: Owner, { limit, cursor, ...filter }: ListQuery): Promise<ConversationPage> {
    const matching = this.#matching(owner, filter);
    const rows = await matching
      .selectAll()
      .$if(cursor !== undefined, (query) => query.where(({ eb }) => after(eb, cursor!)))
      .orderBy('updated_at', 'desc')
      .orderBy('id')
      .limit(limit + 1)
      .execute();
    const { total } = await matching
      .select((select) => select.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    const conversations = rows.slice(0, limit);
    const last = rows.length > limit ? conversations.at(-1) : undefined;
    return { conversations, total, next: last ? { updated_at: last.updated_at, id: last.id } : null };
  }

  #matching(owner: Owner, { q, type, status }: Pick<ListQuery, 'q' | 'type' | 'status'>) {
    let query = this.db
      .selectFrom('conversations')
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id);
    if (type !== undefined) query = query.where('type', '=', type);
    if (status !== undefined) query = query.where('status', '=', status);
    if (q === undefined) return query;
    const pattern = containing(q);
    return query.where((where) =>
      where.or([
        like('conversations.search_text', pattern),
        where.exists(
          where
            .selectFrom('rounds')
            .select('rounds.round')
            .whereRef('rounds.tenant_id', '=', 'conversations.tenant_id')
            .whereRef('rounds.user_id', '=', 'conversations.user_id')
            .whereRef('rounds.conversation_id', '=', 'conversations.id')
            .where(like('rounds.search_text', pattern)),
        ),
      ]),
    );
  }
}

function like(column: string, pattern: string) {
  return sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`;
}

function after(eb: ExpressionBuilder<Database, 'conversations'>, { updated_at, id }: ListCursor) {
  return eb.or([
    eb('updated_at', '<', updated_at),
    eb.and([eb('updated_at', '=', updated_at), eb('id', '>', id)]),
  ]);
}
