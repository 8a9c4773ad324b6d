import { Inject, Injectable } from '@nestjs/common';
import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import type { Owner } from '../auth/owner.js';
import type { StoredMessage } from '../conversation/stored-message.js';
import { DATABASE } from '../database/database.module.js';
import type { ConversationTable, Database, RunTable } from '../database/schema.js';
import { MillraceError } from '../protocol/error-code.js';
import type { RunMode, UsageCounts } from '../protocol/run-event.js';

export type RunRow = Selectable<RunTable>;

export interface NewRun {
  id: string;
  owner: Owner;
  mode: RunMode;
  model: string;
  /** Absent for a temporary chat, of which only the run's row is stored, without any text. */
  conversation?: { id: string; type: ConversationTable['type']; title: string };
  /** What the user said; the first message of the round. */
  messages: StoredMessage[];
  idempotencyKey?: string;
  requestHash?: string;
}

/** `existing` is the run that was started before under the same Idempotency-Key. */
export type Started =
  { existing: RunRow } | { existing?: undefined; round?: number; conversationCreated: boolean };

export interface RunEnd {
  state: Extract<RunTable['state'], 'completed' | 'failed' | 'cancelled' | 'interrupted'>;
  /** The terminal event without its envelope. */
  terminal: object;
  usage: UsageCounts | undefined;
  lastSeq: number;
  /** Frees the Idempotency-Key, so that a retry starts anew: nobody has read the end of this run. */
  releaseKey: boolean;
  /** The whole round, the user's message first. Absent for a temporary chat. */
  messages?: StoredMessage[];
}

const UNFINISHED = ['queued', 'running', 'suspended'] as const;

/** What must be stored together: a run, its round and its conversation. */
@Injectable()
export class RunStore {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  /**
   * Stores the run, the user's message and, where it is new, the conversation, in one transaction. Throws
   * `wrong_conversation_type` and `idempotency_mismatch`.
   */
  async start(run: NewRun, now: number): Promise<Started> {
    return this.db.transaction().execute(async (db) => {
      const existing = await findByKey(db, run);
      if (existing) return { existing };
      const { owner, conversation } = run;
      await db
        .insertInto('runs')
        .values({
          ...owner,
          id: run.id,
          conversation_id: conversation?.id ?? null,
          mode: run.mode,
          model: run.model,
          state: 'queued',
          epoch: 1,
          idempotency_key: run.idempotencyKey ?? null,
          request_hash: run.requestHash ?? null,
          created_at: now,
        })
        .execute();
      if (!conversation) return { conversationCreated: false };

      const created = await ensureConversation(db, owner, conversation, now);
      const { last } = await db
        .selectFrom('rounds')
        .select((select) => select.fn.max('round').as('last'))
        .where('tenant_id', '=', owner.tenant_id)
        .where('user_id', '=', owner.user_id)
        .where('conversation_id', '=', conversation.id)
        .executeTakeFirstOrThrow();
      const round = Number(last ?? 0) + 1;
      await db
        .insertInto('rounds')
        .values({
          ...owner,
          conversation_id: conversation.id,
          round,
          run_id: run.id,
          messages: JSON.stringify(run.messages),
          created_at: now,
        })
        .execute();
      await db
        .updateTable('conversations')
        .set({ round_count: round, updated_at: now })
        .where('tenant_id', '=', owner.tenant_id)
        .where('user_id', '=', owner.user_id)
        .where('id', '=', conversation.id)
        .execute();
      return { round, conversationCreated: created };
    });
  }

  async setRunning(id: string, epoch: number): Promise<void> {
    await this.db
      .updateTable('runs')
      .set({ state: 'running' })
      .where('id', '=', id)
      .where('epoch', '=', epoch)
      .where('state', '=', 'queued')
      .execute();
  }

  /**
   * Decides the end of a run, once: message, usage and state in one transaction, only if the run has not ended and `epoch` is
   * still its writer's. False means that another end was decided before; nothing was changed.
   */
  async finish(id: string, epoch: number, end: RunEnd, now: number): Promise<boolean> {
    return this.db.transaction().execute(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable('runs')
        .set({
          state: end.state,
          terminal: JSON.stringify(end.terminal),
          usage: end.usage ? JSON.stringify(end.usage) : null,
          last_seq: end.lastSeq,
          ended_at: now,
          ...(end.releaseKey && { idempotency_key: null }),
        })
        .where('id', '=', id)
        .where('epoch', '=', epoch)
        .where('state', 'in', UNFINISHED)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) return false;
      if (!end.messages) return true;
      await db
        .updateTable('rounds')
        .set({ messages: JSON.stringify(end.messages) })
        .where('run_id', '=', id)
        .execute();
      await db
        .updateTable('conversations')
        .set((select) => ({
          updated_at: now,
          prompt_tokens: sql<number>`${select.ref('prompt_tokens')} + ${end.usage?.input_tokens ?? 0}`,
          completion_tokens: sql<number>`${select.ref('completion_tokens')} + ${end.usage?.output_tokens ?? 0}`,
        }))
        .where((where) =>
          where.exists(
            where
              .selectFrom('runs')
              .select('runs.id')
              .where('runs.id', '=', id)
              .whereRef('runs.tenant_id', '=', 'conversations.tenant_id')
              .whereRef('runs.user_id', '=', 'conversations.user_id')
              .whereRef('runs.conversation_id', '=', 'conversations.id'),
          ),
        )
        .execute();
      return true;
    });
  }

  async find(owner: Owner, id: string): Promise<RunRow | undefined> {
    return this.db
      .selectFrom('runs')
      .selectAll()
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** The round that a run made: the user's message first. */
  async messages(id: string): Promise<StoredMessage[]> {
    const row = await this.db
      .selectFrom('rounds')
      .select('messages')
      .where('run_id', '=', id)
      .executeTakeFirst();
    return row ? (JSON.parse(row.messages) as StoredMessage[]) : [];
  }

  /**
   * Ends every run that another process left unfinished. Their logs are gone, so the terminal event stands in a new epoch: no
   * position of theirs names two events. Returns how many there were.
   */
  async interruptUnfinished(terminal: object, now: number): Promise<number> {
    const { numUpdatedRows } = await this.db
      .updateTable('runs')
      .set((select) => ({
        state: 'interrupted',
        terminal: JSON.stringify(terminal),
        epoch: sql<number>`${select.ref('epoch')} + 1`,
        last_seq: 1,
        ended_at: now,
      }))
      .where('state', 'in', UNFINISHED)
      .executeTakeFirstOrThrow();
    return Number(numUpdatedRows);
  }
}

async function findByKey(db: Transaction<Database>, run: NewRun): Promise<RunRow | undefined> {
  if (run.idempotencyKey === undefined) return undefined;
  const row = await db
    .selectFrom('runs')
    .selectAll()
    .where('tenant_id', '=', run.owner.tenant_id)
    .where('user_id', '=', run.owner.user_id)
    .where('idempotency_key', '=', run.idempotencyKey)
    .executeTakeFirst();
  if (row && row.request_hash !== (run.requestHash ?? null)) throw new MillraceError('idempotency_mismatch');
  return row;
}

/** True when the conversation was made now. Throws `wrong_conversation_type` when the id is used by another kind. */
async function ensureConversation(
  db: Transaction<Database>,
  owner: Owner,
  { id, type, title }: NonNullable<NewRun['conversation']>,
  now: number,
): Promise<boolean> {
  const found = await db
    .selectFrom('conversations')
    .select('type')
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .where('id', '=', id)
    .executeTakeFirst();
  if (found && found.type !== type)
    throw new MillraceError('wrong_conversation_type', {
      detail: `Conversation ${id} is a ${found.type} conversation.`,
    });
  if (found) return false;
  await db
    .insertInto('conversations')
    .values({
      ...owner,
      id,
      type,
      title,
      status: 'active',
      tags: '[]',
      round_count: 0,
      prompt_tokens: 0,
      completion_tokens: 0,
      created_at: now,
      updated_at: now,
    })
    .execute();
  return true;
}
