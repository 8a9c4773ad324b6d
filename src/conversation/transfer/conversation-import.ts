import { Inject, Injectable } from '@nestjs/common';
import type { Insertable, Kysely } from 'kysely';
import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import type { Owner } from '../../auth/owner.js';
import { DATABASE } from '../../database/database.module.js';
import type { Database, RoundTable, RunTable } from '../../database/schema.js';
import { transact } from '../../database/transact.js';
import { errorKinds } from '../../protocol/error-code.js';
import type { TreeNode } from '../branches.js';
import { searchText, searchTextOfRound } from '../search-text.js';
import { headOf, treeOf, type Archive } from './archive.js';

/** Rows of one INSERT; PostgreSQL takes 65,535 parameters. */
const ROWS = 200;

@Injectable()
export class ConversationImport {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  /** Stores an archive as a new conversation of the owner, all or nothing. Returns its id: importing twice makes two. */
  async import(owner: Owner, document: Archive): Promise<string> {
    const { conversation, rounds } = document;
    const id = randomBytes(12).toString('hex');
    const tree = treeOf(document);
    const rows = rounds.map((round, at) => rowsOf(owner, id, round, tree[at]!));
    await transact(this.db, async (db) => {
      await db
        .insertInto('conversations')
        .values({
          ...owner,
          id,
          type: conversation.type,
          title: conversation.title,
          titled_by: 'user',
          status: conversation.status,
          tags: JSON.stringify(conversation.tags),
          search_text: searchText([conversation.title, ...conversation.tags]),
          round_count: rounds.length,
          head_round: headOf(document),
          prompt_tokens: conversation.prompt_tokens,
          completion_tokens: conversation.completion_tokens,
          created_at: Date.parse(conversation.created_at),
          updated_at: Date.parse(conversation.updated_at),
        })
        .execute();
      for (let at = 0; at < rows.length; at += ROWS) {
        const some = rows.slice(at, at + ROWS);
        await db
          .insertInto('runs')
          .values(some.map(({ run }) => run))
          .execute();
        await db
          .insertInto('rounds')
          .values(some.map(({ round }) => round))
          .execute();
      }
    });
    return id;
  }
}

function rowsOf(
  owner: Owner,
  conversation_id: string,
  { created_at, model, state, started, messages }: Archive['rounds'][number],
  { round, parent_round }: TreeNode,
): { run: Insertable<RunTable>; round: Insertable<RoundTable> } {
  const at = Date.parse(created_at);
  const run_id = ulid();
  return {
    run: {
      ...owner,
      id: run_id,
      conversation_id,
      mode: 'chat',
      model,
      state,
      epoch: 1,
      terminal: JSON.stringify(terminalOf(state)),
      last_seq: 1,
      created_at: at,
      started_at: started === false ? null : at,
      ended_at: at,
    },
    round: {
      ...owner,
      conversation_id,
      round,
      parent_round,
      run_id,
      messages: JSON.stringify(messages),
      search_text: searchTextOfRound(messages),
      created_at: at,
    },
  };
}

/** The end of a run of which only its state is known. */
function terminalOf(state: Archive['rounds'][number]['state']): object {
  if (state === 'completed') return { type: 'run.completed', finish_reason: 'stop' };
  if (state === 'cancelled')
    return {
      type: 'run.cancelled',
      by: 'user',
      stopped: { model: false, tool_call_ids: [] },
      kept: { characters: 0, tool_results: 0 },
    };
  const code = state === 'failed' ? 'internal' : 'run_interrupted';
  const { text: message, retryable } = errorKinds[code];
  return { type: `run.${state}`, code, error_type: 'api_error', message, retryable };
}
