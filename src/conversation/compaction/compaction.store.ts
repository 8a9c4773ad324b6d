import { Inject, Injectable } from '@nestjs/common';
import type { ExpressionBuilder, Kysely } from 'kysely';
import type { Owner } from '../../auth/owner.js';
import { DATABASE } from '../../database/database.module.js';
import type { Database } from '../../database/schema.js';
import { transact } from '../../database/transact.js';
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

  /** A round that is not what it was when it was read is left as it is; one that would be empty is deleted. Returns the changes done. */
  async replace(owner: Owner, id: string, changes: readonly RoundChange[]): Promise<RoundChange[]> {
    return transact(this.db, async (db) => {
      const done: RoundChange[] = [];
      for (const change of changes) {
        const { from, to } = change;
        const unchanged = (where: ExpressionBuilder<Database, 'rounds'>) =>
          where.and({
            tenant_id: owner.tenant_id,
            user_id: owner.user_id,
            conversation_id: id,
            round: from.round,
            messages: from.stored,
          });
        const values = { messages: JSON.stringify(to), search_text: searchTextOfRound(to) };
        const rows =
          to.length === 0
            ? (await db.deleteFrom('rounds').where(unchanged).executeTakeFirstOrThrow()).numDeletedRows
            : (await db.updateTable('rounds').set(values).where(unchanged).executeTakeFirstOrThrow())
                .numUpdatedRows;
        if (rows === 1n) done.push(change);
      }
      return done;
    });
  }
}
