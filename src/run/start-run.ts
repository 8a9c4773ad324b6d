import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Owner } from '../auth/owner.js';
import { searchText, searchTextOfRound } from '../conversation/search-text.js';
import type { StoredMessage } from '../conversation/stored-message.js';
import { takeConversationEvents, type ConversationEvent } from '../conversation/conversation-events.js';
import type { Database, RunTable } from '../database/schema.js';
import { Conflict, lockingRows } from '../database/transact.js';
import { MillraceError } from '../protocol/error-code.js';
import type { RunMode } from '../protocol/run-event.js';
import type { ConversationPlace, DisconnectPolicy } from './run-program.js';
import { UNFINISHED } from './unfinished.js';

type RunRow = Selectable<RunTable>;

export interface NewRun {
  id: string;
  /** The instance that executes it. */
  instanceId: string;
  onDisconnect?: DisconnectPolicy;
  owner: Owner;
  mode: RunMode;
  model: string;
  agentName?: string;
  /** Absent for a temporary chat, of which only the run's row is stored, without any text. */
  conversation?: ConversationPlace;
  /** What the user said; the first message of the round. */
  messages: StoredMessage[];
  idempotencyKey?: string;
  requestHash?: string;
  /** Stores what else must be there together with the run. */
  store?(db: Transaction<Database>, runId: string): Promise<void>;
}

/** `existing` is the run that was started before under the same Idempotency-Key. */
export type Started = { existing: RunRow } | NewlyStarted;

export interface NewlyStarted {
  existing?: undefined;
  round?: number;
  conversationCreated: boolean;
  /** What happened to the conversation since its last run. */
  meanwhile: ConversationEvent[];
  /** The runs that this one interrupts: to be cancelled. */
  interrupted: string[];
}

/**
 * Stores a run, its round and, where it is new, its conversation. Safe against other instances: the row of the conversation is
 * locked while its next round gets its number, and a key is taken by the insert itself. Run again after a commit whose answer was
 * lost, it finds what it stored. Throws `wrong_conversation_type`, `conversation_busy`, `run_not_found` (there is no such turn to
 * follow), `idempotency_mismatch` and, to be run again, Conflict.
 */
export async function startRun(db: Transaction<Database>, run: NewRun, now: number): Promise<Started> {
  const { owner, conversation } = run;
  if (!(await insertRun(db, run, now))) return startedBefore(db, run);
  await run.store?.(db, run.id);
  if (!conversation) return NEW_AND_ALONE;

  const created = await ensureConversation(db, owner, conversation, now);
  const interrupted = created ? [] : await makeWay(db, run, conversation);
  const round = await addRound(db, run, conversation, now);
  const meanwhile = await takeConversationEvents(db, owner, conversation.id, run.id);
  return { round, conversationCreated: created, meanwhile, interrupted };
}

/** Stores a run without a key and a conversation, with which nothing else is stored: it is one row, so it takes no transaction. */
export async function startAlone(db: Kysely<Database>, run: NewRun, now: number): Promise<Started> {
  // Nothing is inserted where a first try, whose answer was lost, did it.
  await insertRun(db, run, now);
  return NEW_AND_ALONE;
}

const NEW_AND_ALONE: NewlyStarted = { conversationCreated: false, meanwhile: [], interrupted: [] };

/** False when there is a run of that id or key. */
async function insertRun(db: Kysely<Database>, run: NewRun, now: number): Promise<boolean> {
  const { owner, conversation } = run;
  const { numInsertedOrUpdatedRows: inserted } = await db
    .insertInto('runs')
    .values({
      ...owner,
      id: run.id,
      conversation_id: conversation?.id ?? null,
      mode: run.mode,
      model: run.model,
      agent_name: run.agentName ?? null,
      // Only runs of one conversation wait for each other.
      ...(conversation ? { state: 'queued' } : { state: 'running', started_at: now }),
      epoch: 1,
      instance_id: run.instanceId,
      on_disconnect: run.onDisconnect === 'cancel' ? 'cancel' : null,
      idempotency_key: run.idempotencyKey ?? null,
      request_hash: run.requestHash ?? null,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return inserted !== 0n;
}

/** The run of the same key; or, when the first commit's answer was lost, this very run. */
async function startedBefore(db: Transaction<Database>, run: NewRun): Promise<Started> {
  const row = await db
    .selectFrom('runs')
    .selectAll()
    .where('tenant_id', '=', run.owner.tenant_id)
    .where('user_id', '=', run.owner.user_id)
    .where((where) =>
      where.or([where('id', '=', run.id), where('idempotency_key', '=', run.idempotencyKey ?? null)]),
    )
    .executeTakeFirst();
  if (!row) throw new Conflict('the key was freed meanwhile');
  if (row.id === run.id) return ownStart(db, run);
  if (row.request_hash !== (run.requestHash ?? null)) throw new MillraceError('idempotency_mismatch');
  return { existing: row };
}

async function ownStart(db: Transaction<Database>, run: NewRun): Promise<NewlyStarted> {
  const { owner, conversation } = run;
  if (!conversation) return NEW_AND_ALONE;
  const mine = await db
    .selectFrom('rounds')
    .select('round')
    .where('run_id', '=', run.id)
    .executeTakeFirstOrThrow();
  return {
    round: mine.round,
    conversationCreated: mine.round === 1,
    meanwhile: await takeConversationEvents(db, owner, conversation.id, run.id),
    interrupted: await makeWay(db, run, conversation),
  };
}

/** True when the conversation was made now. Throws `wrong_conversation_type` when the id is used by another kind. */
async function ensureConversation(
  db: Transaction<Database>,
  owner: Owner,
  { id, type, title }: ConversationPlace,
  now: number,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows: inserted } = await db
    .insertInto('conversations')
    .values({
      ...owner,
      id,
      type,
      title,
      titled_by: 'prompt',
      status: 'active',
      tags: '[]',
      search_text: searchText([title]),
      round_count: 0,
      head_round: null,
      prompt_tokens: 0,
      completion_tokens: 0,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (inserted === 1n) return true;
  const query = db
    .selectFrom('conversations')
    .select('type')
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .where('id', '=', id);
  const found = await lockingRows(query, db).executeTakeFirst();
  if (!found) throw new Conflict('the conversation was deleted meanwhile');
  if (found.type !== type)
    throw new MillraceError('wrong_conversation_type', {
      detail: `Conversation ${id} is a ${found.type} conversation.`,
    });
  return false;
}

/** The unfinished runs that this one interrupts. Throws `conversation_busy` when it is to be refused instead. */
async function makeWay(
  db: Transaction<Database>,
  { id, owner }: NewRun,
  { id: conversationId, onBusy = 'queue' }: ConversationPlace,
): Promise<string[]> {
  if (onBusy === 'queue') return [];
  const unfinished = await db
    .selectFrom('runs')
    .select('id')
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .where('conversation_id', '=', conversationId)
    .where('state', 'in', UNFINISHED)
    .where('id', '!=', id)
    .execute();
  if (onBusy === 'reject' && unfinished.length > 0) throw new MillraceError('conversation_busy');
  return unfinished.map((run) => run.id);
}

/** Stores the round and makes it the end of the current branch. Returns its number. */
async function addRound(
  db: Transaction<Database>,
  { id, owner, messages }: NewRun,
  { id: conversationId, afterRunId }: ConversationPlace,
  now: number,
): Promise<number> {
  const conversation = await db
    .selectFrom('conversations')
    .select(['head_round', 'round_count'])
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .where('id', '=', conversationId)
    .executeTakeFirstOrThrow();
  const parent_round =
    typeof afterRunId === 'string'
      ? await roundOf(db, owner, conversationId, afterRunId)
      : afterRunId === null
        ? null
        : conversation.head_round;
  const round = conversation.round_count + 1;
  await db
    .insertInto('rounds')
    .values({
      ...owner,
      conversation_id: conversationId,
      round,
      parent_round,
      run_id: id,
      messages: JSON.stringify(messages),
      search_text: searchTextOfRound(messages),
      created_at: now,
    })
    .execute();
  await db
    .updateTable('conversations')
    .set({ round_count: round, head_round: round, updated_at: now })
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .where('id', '=', conversationId)
    .execute();
  return round;
}

async function roundOf(
  db: Transaction<Database>,
  owner: Owner,
  conversationId: string,
  runId: string,
): Promise<number> {
  const found = await db
    .selectFrom('rounds')
    .select('round')
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .where('conversation_id', '=', conversationId)
    .where('run_id', '=', runId)
    .executeTakeFirst();
  if (!found)
    throw new MillraceError('run_not_found', { detail: 'after_run_id is no turn of this conversation.' });
  return found.round;
}
