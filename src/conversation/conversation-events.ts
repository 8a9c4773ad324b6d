import type { Kysely, Transaction } from 'kysely';
import { ulid } from 'ulid';
import type { Owner } from '../auth/owner.js';
import type { Database } from '../database/schema.js';
import type { RunEventBody } from '../protocol/run-event.js';

/** What happens to a conversation outside of its turns, as the event that the log of its next run carries. */
export type ConversationEvent = Extract<
  RunEventBody,
  { type: 'conversation.titled' | 'conversation.compacted' }
>;

/** With the time at which it happened, in Unix milliseconds. */
export type KeptConversationEvent = ConversationEvent & { ts: number };

/** Keeps an event, in the transaction of the change that it tells of. */
export async function keepConversationEvent(
  db: Transaction<Database>,
  owner: Owner,
  event: ConversationEvent,
  now: number,
): Promise<void> {
  await db
    .insertInto('conversation_events')
    .values({
      tenant_id: owner.tenant_id,
      user_id: owner.user_id,
      conversation_id: event.conversation_id,
      id: ulid(now),
      event: JSON.stringify(event),
      created_at: now,
      logged_by: null,
    })
    .execute();
}

/** The events that no run has logged yet; `runId` does so from now on. Taking them again gives the same ones. */
export async function takeConversationEvents(
  db: Transaction<Database>,
  owner: Owner,
  conversationId: string,
  runId: string,
): Promise<ConversationEvent[]> {
  await db
    .updateTable('conversation_events')
    .set({ logged_by: runId })
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .where('conversation_id', '=', conversationId)
    .where('logged_by', 'is', null)
    .execute();
  const rows = await eventsOf(db, owner, conversationId).where('logged_by', '=', runId).execute();
  return rows.map(({ event }) => JSON.parse(event) as ConversationEvent);
}

/** All events of a conversation, in the order in which they happened. */
export async function conversationEvents(
  db: Kysely<Database>,
  owner: Owner,
  conversationId: string,
): Promise<KeptConversationEvent[]> {
  const rows = await eventsOf(db, owner, conversationId).execute();
  return rows.map(({ event, created_at }) => ({
    ...(JSON.parse(event) as ConversationEvent),
    ts: created_at,
  }));
}

function eventsOf(db: Kysely<Database>, owner: Owner, conversationId: string) {
  return db
    .selectFrom('conversation_events')
    .select(['event', 'created_at'])
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .where('conversation_id', '=', conversationId)
    .orderBy('id');
}
