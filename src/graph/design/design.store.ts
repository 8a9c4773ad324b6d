import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';
import type { Owner } from '../../auth/owner.js';
import { DATABASE } from '../../database/database.module.js';
import type { Database } from '../../database/schema.js';
import type { GraphConfig } from '../../protocol/graph.js';

/** The graphs with which dialogues began. All else of a design is in what was said. */
@Injectable()
export class DesignStore {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  async base(owner: Owner, conversationId: string): Promise<GraphConfig | null> {
    const row = await this.db
      .selectFrom('designs')
      .select('base')
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('conversation_id', '=', conversationId)
      .executeTakeFirst();
    return row ? (JSON.parse(row.base) as GraphConfig) : null;
  }

  /** Keeps the graph with which a dialogue begins; one that goes on began before, with or without. */
  async begin(
    db: Transaction<Database>,
    owner: Owner,
    conversationId: string,
    base: GraphConfig,
  ): Promise<void> {
    const known = await db
      .selectFrom('conversations')
      .select('id')
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('id', '=', conversationId)
      .executeTakeFirst();
    if (known) return;
    await db
      .insertInto('designs')
      .values({ ...owner, conversation_id: conversationId, base: JSON.stringify(base) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}
