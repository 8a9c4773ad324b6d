import { Inject, Injectable } from '@nestjs/common';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { Owner } from '../auth/owner.js';
import { searchTextOfRound } from '../conversation/search-text.js';
import type { StoredMessage, StoredNode } from '../conversation/stored-message.js';
import { DATABASE } from '../database/database.module.js';
import type { Database, RunTable } from '../database/schema.js';
import { transact } from '../database/transact.js';
import { MillraceError } from '../protocol/error-code.js';
import type { UsageCounts } from '../protocol/run-event.js';
import { startAlone, startRun, type NewRun, type Started } from './start-run.js';
import { UNFINISHED } from './unfinished.js';

export type { NewRun, Started } from './start-run.js';

export type RunRow = Selectable<RunTable>;

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
  nodes?: StoredNode[];
}

/** What a run said, and its nodes. */
export interface StoredRound {
  messages: readonly StoredMessage[];
  nodes: readonly StoredNode[];
}

export interface OrphanQuery {
  /** The instance that asks. It lives, whatever became of its lease. */
  self: string;
  /** The time at which leases must not have run out. */
  aliveAt?: number;
  endedAfter: number;
  after?: string;
}

/** More are found by the next look. */
const ORPHANS_AT_ONCE = 500;

/** What must be stored together: a run, its round and its conversation. */
@Injectable()
export class RunStore {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  /**
   * Stores the run, the user's message and, where it is new, the conversation, in one transaction. Throws
   * `wrong_conversation_type`, `conversation_busy`, `run_not_found` and `idempotency_mismatch`.
   */
  async start(run: NewRun, now: number): Promise<Started> {
    const isAlone = !run.conversation && !run.store && run.idempotencyKey === undefined;
    const store = () =>
      isAlone ? startAlone(this.db, run, now) : transact(this.db, (db) => startRun(db, run, now));
    // A commit whose answer was lost may have been done; the second time tells.
    return store().catch((error: unknown) => {
      if (error instanceof MillraceError && error.code === 'storage_failed') return store();
      throw error;
    });
  }

  /** The turn of a run has come, that waited for it in its conversation. */
  async setRunning(id: string, epoch: number, now: number): Promise<void> {
    await this.db
      .updateTable('runs')
      .set({ state: 'running', started_at: now })
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
    const { messages, nodes, usage } = end;
    // A run without a conversation is one row: no transaction, and no checkpoints.
    if (!messages) return endRun(this.db, { id, epoch }, end, now);
    return transact(this.db, async (db) => {
      if (!(await endRun(db, { id, epoch }, end, now))) return false;
      await db.deleteFrom('checkpoints').where('run_id', '=', id).execute();
      await db
        .updateTable('rounds')
        .set({
          messages: JSON.stringify(messages),
          nodes: nodes && nodes.length > 0 ? JSON.stringify(nodes) : null,
          search_text: searchTextOfRound(messages),
        })
        .where('run_id', '=', id)
        .execute();
      await db
        .updateTable('conversations')
        .set((select) => ({
          updated_at: now,
          prompt_tokens: sql<number>`${select.ref('prompt_tokens')} + ${usage?.input_tokens ?? 0}`,
          completion_tokens: sql<number>`${select.ref('completion_tokens')} + ${usage?.output_tokens ?? 0}`,
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
    // PostgreSQL refuses to look for a text with NUL.
    if (id.includes('\0')) return undefined;
    return this.db
      .selectFrom('runs')
      .selectAll()
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** The newest run of a conversation, on whatever instance, unless it ended before `endedAfter`. */
  async latestTurn(owner: Owner, conversationId: string, endedAfter: number): Promise<RunRow | null> {
    if (conversationId.includes('\0')) return null;
    const row = await this.db
      .selectFrom('rounds')
      .innerJoin('runs', 'runs.id', 'rounds.run_id')
      .selectAll('runs')
      .where('rounds.tenant_id', '=', owner.tenant_id)
      .where('rounds.user_id', '=', owner.user_id)
      .where('rounds.conversation_id', '=', conversationId)
      .orderBy('rounds.round', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && (row.ended_at === null || row.ended_at > endedAfter) ? row : null;
  }

  /** The round that a run made: the user's message first. */
  async round(id: string): Promise<StoredRound> {
    const row = await this.db
      .selectFrom('rounds')
      .select(['messages', 'nodes'])
      .where('run_id', '=', id)
      .executeTakeFirst();
    return {
      messages: row ? (JSON.parse(row.messages) as StoredMessage[]) : [],
      nodes: row?.nodes ? (JSON.parse(row.nodes) as StoredNode[]) : [],
    };
  }

  /**
   * Makes `instanceId` the owner of a run in the next epoch, which refuses every later write of the owner before. Null when
   * another instance did so first.
   */
  async takeOver(row: Pick<RunRow, 'id' | 'epoch'>, instanceId: string): Promise<RunRow | null> {
    const taken = await this.db
      .updateTable('runs')
      .set({ epoch: row.epoch + 1, instance_id: instanceId })
      .where('id', '=', row.id)
      .where('epoch', '=', row.epoch)
      .returningAll()
      .executeTakeFirst();
    return taken ?? null;
  }

  /**
   * Moves a run that this instance owns to another epoch, ended or not. Doing it twice changes nothing: the answer of the first may
   * have been lost. False when the run is another instance's.
   */
  async moveEpoch(id: string, instanceId: string, epochs: { from: number; to: number }): Promise<boolean> {
    const { numUpdatedRows } = await this.db
      .updateTable('runs')
      .set({ epoch: epochs.to })
      .where('id', '=', id)
      .where('instance_id', '=', instanceId)
      .where('epoch', '>=', epochs.from)
      .where('epoch', '<=', epochs.to)
      .executeTakeFirstOrThrow();
    return numUpdatedRows > 0n;
  }

  /**
   * The runs of others that no living instance executes: unfinished ones, and ended ones since `endedAfter`, whose terminal event
   * may be missing in their log. Without `aliveAt` nobody else can live (SQLite: the file is locked). Unfinished ones first; or, to
   * see them all, page by page, the first ones by their id after `after`.
   */
  async orphans({ self, aliveAt, endedAfter, after }: OrphanQuery): Promise<RunRow[]> {
    let query = this.db
      .selectFrom('runs')
      .selectAll()
      .where((where) => where.or([where('instance_id', 'is', null), where('instance_id', '!=', self)]))
      .where((where) =>
        where.or([
          where('state', 'in', UNFINISHED),
          where.and([where('ended_at', '>', endedAfter), where('instance_id', 'is not', null)]),
        ]),
      );
    if (aliveAt !== undefined) {
      query = query.where((where) =>
        where.not(
          where.exists(
            where
              .selectFrom('instances')
              .select('instances.id')
              .whereRef('instances.id', '=', 'runs.instance_id')
              .where('instances.expires_at', '>', aliveAt),
          ),
        ),
      );
    }
    // Those that have ended stay in the answer for a while: they must not keep others out.
    query =
      after === undefined
        ? query.orderBy('ended_at', (order) => order.asc().nullsFirst())
        : query.where('id', '>', after);
    return query.orderBy('id').limit(ORPHANS_AT_ONCE).execute();
  }

  /** Whether an earlier turn of the conversation has not ended, on any instance. */
  async hasUnfinishedTurnBefore(owner: Owner, conversationId: string, round: number): Promise<boolean> {
    const found = await this.db
      .selectFrom('rounds')
      .innerJoin('runs', 'runs.id', 'rounds.run_id')
      .select('runs.id')
      .where('rounds.tenant_id', '=', owner.tenant_id)
      .where('rounds.user_id', '=', owner.user_id)
      .where('rounds.conversation_id', '=', conversationId)
      .where('rounds.round', '<', round)
      .where('runs.state', 'in', UNFINISHED)
      .limit(1)
      .executeTakeFirst();
    return found !== undefined;
  }

  /** Asks the instance that executes a run to cancel it. */
  async requestCancel(id: string, now: number): Promise<void> {
    await this.db
      .updateTable('runs')
      .set({ cancel_requested_at: now })
      .where('id', '=', id)
      .where('state', 'in', UNFINISHED)
      .execute();
  }

  /** The unfinished runs of an instance that another one was asked to cancel. */
  async cancelRequests(instanceId: string): Promise<string[]> {
    const rows = await this.db
      .selectFrom('runs')
      .select('id')
      .where('instance_id', '=', instanceId)
      .where('state', 'in', UNFINISHED)
      .where('cancel_requested_at', 'is not', null)
      .execute();
    return rows.map(({ id }) => id);
  }
}

/** False when the run had ended, or is another writer's. */
async function endRun(
  db: Kysely<Database>,
  run: { id: string; epoch: number },
  end: RunEnd,
  now: number,
): Promise<boolean> {
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
    .where('id', '=', run.id)
    .where('epoch', '=', run.epoch)
    .where('state', 'in', UNFINISHED)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}
