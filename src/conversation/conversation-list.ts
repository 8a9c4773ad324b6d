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

type Filter = Pick<ListQuery, 'q' | 'type' | 'status'>;

/** The list of an owner's conversations: newest change first, by pages, filtered and searched. */
@Injectable()
export class ConversationList {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  async page(owner: Owner, { limit, cursor, ...filter }: ListQuery): Promise<ConversationPage> {
    // What matches is found once, also for the total: a search looks at every text of its owner.
    const rows = await this.db
      .with(
        (cte) => cte('matching').materialized(),
        () => this.#matching(owner, filter).select('id'),
      )
      .selectFrom('conversations')
      .selectAll()
      .select((select) =>
        select.selectFrom('matching').select(select.fn.countAll<number>().as('total')).as('total'),
      )
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('id', 'in', (select) => select.selectFrom('matching').select('matching.id'))
      .$if(cursor !== undefined, (query) => query.where(({ eb }) => after(eb, cursor!)))
      .orderBy('updated_at', 'desc')
      .orderBy('id')
      .limit(limit + 1)
      .execute();
    const conversations = rows.slice(0, limit);
    const last = rows.length > limit ? conversations.at(-1) : undefined;
    return {
      conversations,
      total: rows[0]?.total ?? (cursor ? await this.#total(owner, filter) : 0),
      next: last ? { updated_at: last.updated_at, id: last.id } : null,
    };
  }

  /** For a page behind the end, which has no row to carry it. */
  async #total(owner: Owner, filter: Filter): Promise<number> {
    const { total } = await this.#matching(owner, filter)
      .select((select) => select.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    return total;
  }

  #matching(owner: Owner, { q, type, status }: Filter) {
    let query = this.db
      .selectFrom('conversations')
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id);
    if (type !== undefined)
      query = query.where('type', 'in', type === 'agent' ? ['agent', 'design'] : [type]);
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
