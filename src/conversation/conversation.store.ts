import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import type { Owner } from '../auth/owner.js';
import { DATABASE } from '../database/database.module.js';
import type { ConversationTable, Database, RunTable } from '../database/schema.js';
import { searchText } from './search-text.js';
import type { StoredMessage } from './stored-message.js';

export type Conversation = Selectable<ConversationTable>;

export interface Round {
  round: number;
  run_id: string;
  /** The state of the run that made this round. */
  state: RunTable['state'];
  messages: StoredMessage[];
}

export interface Naming {
  title: string;
  tags: string[];
}

/** Reads conversations and their rounds, and keeps what people call them; RunStore writes the rounds, with the runs that make them. */
@Injectable()
export class ConversationStore {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

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

  /** False when there is no such conversation; so everywhere below. */
  async setStatus(owner: Owner, id: string, status: ConversationTable['status']): Promise<boolean> {
    const { numUpdatedRows } = await this.#update(owner, id).set({ status }).executeTakeFirstOrThrow();
    return numUpdatedRows === 1n;
  }

  /** The title that a person gave: no other replaces it any more. */
  async rename(owner: Owner, id: string, title: string): Promise<boolean> {
    return this.#name(owner, id, ({ tags }) => ({ title, tags, titled_by: 'user' }));
  }

  async setTags(owner: Owner, id: string, tags: string[]): Promise<boolean> {
    return this.#name(owner, id, ({ title, titled_by }) => ({ title, tags, titled_by }));
  }

  /** The title that a model found, unless there is a better one than the prompt's first words. Tags that a person set stay. */
  async giveTitle(owner: Owner, id: string, made: Naming): Promise<boolean> {
    return this.#name(owner, id, ({ tags, titled_by }) =>
      titled_by === 'prompt'
        ? { title: made.title, tags: tags.length > 0 ? tags : made.tags, titled_by: 'model' }
        : null,
    );
  }

  /** Title, tags and what is searched change together, from what they are at this moment. Null leaves them. */
  async #name(owner: Owner, id: string, change: (now: NamedBy) => NamedBy | null): Promise<boolean> {
    for (;;) {
      const found = await this.find(owner, id);
      if (!found) return false;
      const named = change({ title: found.title, tags: tagsOf(found), titled_by: found.titled_by });
      if (!named) return false;
      const { numUpdatedRows } = await this.#update(owner, id)
        .set({
          title: named.title,
          tags: JSON.stringify(named.tags),
          titled_by: named.titled_by,
          search_text: searchText([named.title, ...named.tags]),
        })
        .where('title', '=', found.title)
        .where('tags', '=', found.tags)
        .where('titled_by', '=', found.titled_by)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 1n) return true;
    }
  }

  #update(owner: Owner, id: string) {
    return this.db
      .updateTable('conversations')
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('id', '=', id);
  }
}

interface NamedBy extends Naming {
  titled_by: Conversation['titled_by'];
}

/** The tags of a row; none where they cannot be read, so that one bad row does not hide the others. */
export function tagsOf({ tags }: Pick<Conversation, 'tags'>): string[] {
  try {
    const value: unknown = JSON.parse(tags);
    return Array.isArray(value) ? value.filter((tag) => typeof tag === 'string') : [];
  } catch {
    return [];
  }
}
