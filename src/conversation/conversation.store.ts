import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import type { Owner } from '../auth/owner.js';
import { DATABASE } from '../database/database.module.js';
import type { ConversationTable, Database, RunTable } from '../database/schema.js';
import type { StoredMessage } from './stored-message.js';

export type Conversation = Selectable<ConversationTable>;

export interface Round {
  round: number;
  run_id: string;
  /** The state of the run that made this round. */
  state: RunTable['state'];
  messages: StoredMessage[];
}

/** The most that one list answers (seed §6). */
export const LIST_LIMIT = 200;

/** Reads conversations and their rounds; RunStore writes them, together with the runs that make them. */
@Injectable()
export class ConversationStore {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  /** Newest change first, all types and statuses, with the total number. */
  async list(owner: Owner, limit = LIST_LIMIT): Promise<{ conversations: Conversation[]; total: number }> {
    const mine = this.db
      .selectFrom('conversations')
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id);
    const conversations = await mine
      .selectAll()
      .orderBy('updated_at', 'desc')
      .orderBy('id')
      .limit(limit)
      .execute();
    const { total } = await mine
      .select((select) => select.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    return { conversations, total: Number(total) };
  }

  async find(owner: Owner, id: string): Promise<Conversation | undefined> {
    return this.db
      .selectFrom('conversations')
      .selectAll()
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** The rounds of a conversation in order; `before` leaves out that round and the later ones. */
  async rounds(owner: Owner, id: string, before?: number): Promise<Round[]> {
    let query = this.db
      .selectFrom('rounds')
      .innerJoin('runs', 'runs.id', 'rounds.run_id')
      .select(['rounds.round', 'rounds.run_id', 'rounds.messages', 'runs.state'])
      .where('rounds.tenant_id', '=', owner.tenant_id)
      .where('rounds.user_id', '=', owner.user_id)
      .where('rounds.conversation_id', '=', id)
      .orderBy('rounds.round');
    if (before !== undefined) query = query.where('rounds.round', '<', before);
    const rows = await query.execute();
    return rows.map((row) => ({ ...row, messages: JSON.parse(row.messages) as StoredMessage[] }));
  }
}
