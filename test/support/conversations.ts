import type { Kysely } from 'kysely';
import type { Owner } from '../../src/auth/owner.js';
import type { StoredMessage } from '../../src/conversation/stored-message.js';
import type { ConversationTable, Database } from '../../src/database/schema.js';
import { RunStore } from '../../src/run/run.store.js';

export const ada: Owner = { tenant_id: 'lovelace', user_id: 'ada' };
export const eve: Owner = { tenant_id: 'lovelace', user_id: 'eve' };
let runs = 0;

export interface Turn {
  owner?: Owner;
  type?: ConversationTable['type'];
  title?: string;
  question?: string;
  answers?: StoredMessage[];
  /** When the turn was stored. */
  at?: number;
  /** The run is still working. */
  unfinished?: boolean;
  /** The turn that it follows; absent: the last of the current branch. */
  after?: string | null;
  /** It was cancelled while it waited. */
  neverStarted?: boolean;
}

/** Stores a turn as a run does, through RunStore; the id of its run. */
export async function addTurn(db: Kysely<Database>, conversation: string, turn: Turn = {}): Promise<string> {
  const { owner = ada, type = 'chat', question = 'hello', at = 1000, answers, title = question } = turn;
  runs += 1;
  const id = `run-${process.pid}-${runs}`;
  const asked: StoredMessage = { role: 'user', content: question };
  const store = new RunStore(db);
  const run = { id, instanceId: 'one', owner, mode: 'chat' as const, model: 'plain', messages: [asked] };
  await store.start({ ...run, conversation: { id: conversation, type, title, afterRunId: turn.after } }, at);
  if (!turn.neverStarted) await store.setRunning(id, 1, at);
  if (turn.unfinished) return id;
  const answered = turn.neverStarted ? [] : (answers ?? [{ role: 'assistant' as const, content: 'Hi' }]);
  const messages = [asked, ...answered];
  const end = {
    state: turn.neverStarted ? ('cancelled' as const) : ('completed' as const),
    terminal: { type: 'run.completed' },
    lastSeq: 5,
    releaseKey: false,
  };
  await store.finish(id, 1, { ...end, usage: { input_tokens: 2, output_tokens: 3 }, messages }, at);
  return id;
}

/** A tool call and its result. */
export function toolCall(id: string, content: string): StoredMessage[] {
  const call = { id, type: 'function' as const, function: { name: 'look', arguments: '{}' } };
  return [
    { role: 'assistant', content: '', tool_calls: [call] },
    { role: 'tool', tool_call_id: id, content, status: 'ok' },
  ];
}
