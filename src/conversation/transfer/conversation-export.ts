import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Owner } from '../../auth/owner.js';
import { DATABASE } from '../../database/database.module.js';
import type { Database } from '../../database/schema.js';
import { MillraceError } from '../../protocol/error-code.js';
import { conversationNotFound } from '../conversation-id.pipe.js';
import { ConversationStore, tagsOf } from '../conversation.store.js';
import type { StoredMessage } from '../stored-message.js';
import type { Archive } from './archive.js';

type State = Archive['rounds'][number]['state'];
const ENDED: readonly string[] = ['completed', 'failed', 'cancelled', 'interrupted'] satisfies State[];

@Injectable()
export class ConversationExport {
  constructor(
    private readonly store: ConversationStore,
    @Inject(DATABASE) private readonly db: Kysely<Database>,
  ) {}

  /** Throws `conversation_not_found`, and `wrong_conversation_type` for graphs and agents, whose state is more than messages. */
  async archive(owner: Owner, id: string): Promise<Archive> {
    const conversation = await this.store.find(owner, id);
    if (!conversation) throw conversationNotFound(id);
    const { type, title, status, prompt_tokens, completion_tokens } = conversation;
    if (type !== 'chat') throw new MillraceError('wrong_conversation_type');
    return {
      format: 'millrace.conversation',
      version: 1,
      conversation: {
        title,
        type,
        status,
        tags: tagsOf(conversation),
        created_at: iso(conversation.created_at),
        updated_at: iso(conversation.updated_at),
        prompt_tokens,
        completion_tokens,
      },
      ...(await this.#rounds(owner, id, conversation.head_round)),
    };
  }

  async #rounds(owner: Owner, id: string, head: number | null): Promise<Pick<Archive, 'rounds' | 'current'>> {
    const rows = await this.db
      .selectFrom('rounds')
      .innerJoin('runs', 'runs.id', 'rounds.run_id')
      .select([
        'rounds.round',
        'rounds.parent_round',
        'rounds.created_at',
        'rounds.messages',
        'runs.model',
        'runs.state',
        'runs.started_at',
      ])
      .where('rounds.tenant_id', '=', owner.tenant_id)
      .where('rounds.user_id', '=', owner.user_id)
      .where('rounds.conversation_id', '=', id)
      .orderBy('rounds.round')
      .execute();
    const positions = new Map(rows.map(({ round }, at) => [round, at + 1]));
    const positionOf = (round: number | null) => (round === null ? null : (positions.get(round) ?? null));
    const rounds = rows.map(({ parent_round, created_at, messages, model, state, started_at }, at) => {
      const after = positionOf(parent_round);
      return {
        created_at: iso(created_at),
        model,
        state: ENDED.includes(state) ? (state as State) : 'interrupted',
        ...(started_at === null && { started: false as const }),
        ...((after ?? 0) !== at && { after }),
        messages: JSON.parse(messages) as StoredMessage[],
      };
    });
    const current = positionOf(head);
    return { rounds, ...(current !== null && current !== rounds.length && { current }) };
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
