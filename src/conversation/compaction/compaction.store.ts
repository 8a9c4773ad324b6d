import { Inject, Injectable } from '@nestjs/common';
import type { ExpressionBuilder, Kysely, Transaction } from 'kysely';
import type { Owner } from '../../auth/owner.js';
import { DATABASE } from '../../database/database.module.js';
import type { Database } from '../../database/schema.js';
import { transact } from '../../database/transact.js';
import { keepConversationEvent, type ConversationEvent } from '../conversation-events.js';
import { searchTextOfRound } from '../search-text.js';
import type { StoredMessage } from '../stored-message.js';

export interface StoredRound {
  round: number;
  messages: StoredMessage[];
  /** As it is stored, to know it again. */
  stored: string;
}

export interface RoundChange {
  from: StoredRound;
  to: StoredMessage[];
}

/** Reads the rounds of a conversation and replaces some of them, so that nothing written meanwhile is lost (D-56). */
@Injectable()
export class CompactionStore {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  async rounds(owner: Owner, id: string): Promise<StoredRound[]> {
    const rows = await this.db
      .selectFrom('rounds')
      .select(['round', 'messages'])
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('conversation_id', '=', id)
      .orderBy('round')
      .execute();
    return rows.map(({ round, messages }) => ({
      round,
      messages: JSON.parse(messages) as StoredMessage[],
      stored: messages,
    }));
  }

  /**
   * A round that is not what it was when it was read is left as it is; one that would be empty is deleted. `eventOf` makes the event
   * that tells of what was done, if anything was. Returns the changes done.
   */
  async replace(
    owner: Owner,
    id: string,
    changes: readonly RoundChange[],
    eventOf: (done: readonly RoundChange[]) => ConversationEvent,
  ): Promise<RoundChange[]> {
    return transact(this.db, async (db) => {
      const done: RoundChange[] = [];
      for (const change of changes) if (await replaceRound(db, owner, id, change)) done.push(change);
      if (done.length > 0) await keepConversationEvent(db, owner, eventOf(done), Date.now());
      return done;
    });
  }
}

async function replaceRound(
  db: Transaction<Database>,
  owner: Owner,
  id: string,
  { from, to }: RoundChange,
): Promise<boolean> {
  const unchanged = (where: ExpressionBuilder<Database, 'rounds'>) =>
    where.and({
      tenant_id: owner.tenant_id,
      user_id: owner.user_id,
      conversation_id: id,
      round: from.round,
      messages: from.stored,
    });
  if (to.length > 0) {
    const { numUpdatedRows } = await db
      .updateTable('rounds')
      .set({ messages: JSON.stringify(to), search_text: searchTextOfRound(to) })
      .where(unchanged)
      .executeTakeFirstOrThrow();
    return numUpdatedRows === 1n;
  }
  const deleted = await db.deleteFrom('rounds').where(unchanged).returning('parent_round').executeTakeFirst();
  if (!deleted) return false;
  // What followed it follows what it followed.
  const { parent_round } = deleted;
  const mine = { tenant_id: owner.tenant_id, user_id: owner.user_id };
  await db
    .updateTable('rounds')
    .set({ parent_round })
    .where((where) => where.and({ ...mine, conversation_id: id, parent_round: from.round }))
    .execute();
  await db
    .updateTable('conversations')
    .set({ head_round: parent_round })
    .where((where) => where.and({ ...mine, id, head_round: from.round }))
    .execute();
  return true;
}
