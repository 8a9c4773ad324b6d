import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';
import type { Owner } from '../auth/owner.js';
import { DATABASE } from '../database/database.module.js';
import { eraseDeleted } from '../database/erase.js';
import type { Database } from '../database/schema.js';
import { lockingRows, transact } from '../database/transact.js';
import { MillraceError } from '../protocol/error-code.js';
import { isEnded } from '../protocol/run-state.js';
import { RUN_LOG, type RunLog } from '../run/log/run-log.js';
import { RunService } from '../run/run.service.js';
import { conversationNotFound } from './conversation-id.pipe.js';

/** How often runs that begin meanwhile are stopped, too, before it is given up. */
const ATTEMPTS = 3;

interface RunOfConversation {
  id: string;
  state: Parameters<typeof isEnded>[0];
}

/** Deletes conversations so that no byte of them stays: messages, runs, checkpoints and the events in the live log. */
@Injectable()
export class ConversationRemoval {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(RUN_LOG) private readonly log: RunLog,
    private readonly runs: RunService,
  ) {}

  /**
   * Stops what still answers, then deletes. Throws `conversation_not_found`; and `storage_failed` or `log_unavailable` when not all of
   * it could be deleted, after which it can be tried again.
   */
  async remove(owner: Owner, id: string): Promise<void> {
    const dropped = new Set<string>();
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const known = await this.#runsOf(this.db, owner, id);
      await Promise.all(
        known.filter(({ state }) => !isEnded(state)).map((run) => this.runs.cancel(owner, run.id)),
      );
      // The logs first: once the rows are gone nothing knows the logs by name.
      await this.#drop(known, dropped);
      const removed = await transact(this.db, (db) => this.#removeRows(db, owner, id));
      if (removed === null) continue;
      await this.#drop(removed, dropped);
      return eraseDeleted(this.db);
    }
    throw new MillraceError('storage_failed', { detail: 'The conversation is still answering. Try again.' });
  }

  async #drop(runs: readonly RunOfConversation[], dropped: Set<string>): Promise<void> {
    for (const { id } of runs) {
      if (dropped.has(id)) continue;
      await this.log.drop(id);
      dropped.add(id);
    }
  }

  /** The runs that were deleted; null when one has begun meanwhile, and nothing was deleted. No run begins in a locked conversation. */
  async #removeRows(
    db: Transaction<Database>,
    owner: Owner,
    id: string,
  ): Promise<RunOfConversation[] | null> {
    const conversation = db
      .selectFrom('conversations')
      .select('id')
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('id', '=', id);
    if (!(await lockingRows(conversation, db).executeTakeFirst())) throw conversationNotFound(id);
    const runs = await this.#runsOf(db, owner, id);
    if (runs.some(({ state }) => !isEnded(state))) return null;

    const ids = runs.map((run) => run.id);
    for (let at = 0; at < ids.length; at += 500) {
      const some = ids.slice(at, at + 500);
      for (const table of ['checkpoints', 'graph_runs', 'node_runs'] as const)
        await db.deleteFrom(table).where('run_id', 'in', some).execute();
      await db.deleteFrom('runs').where('id', 'in', some).execute();
    }
    await db
      .deleteFrom('designs')
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('conversation_id', '=', id)
      .execute();
    await db
      .deleteFrom('conversation_events')
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('conversation_id', '=', id)
      .execute();
    await db
      .deleteFrom('rounds')
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('conversation_id', '=', id)
      .execute();
    await db
      .deleteFrom('conversations')
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('id', '=', id)
      .execute();
    return runs;
  }

  #runsOf(db: Kysely<Database>, owner: Owner, id: string): Promise<RunOfConversation[]> {
    return db
      .selectFrom('runs')
      .select(['id', 'state'])
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('conversation_id', '=', id)
      .execute();
  }
}
