import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';
import { DATABASE } from '../../database/database.module.js';
import type { Database } from '../../database/schema.js';
import type { RunEvent } from '../../protocol/run-event.js';
import { merged } from '../log/merged-events.js';
import type { AppendedEvent } from '../log/run-log.js';

/** What one run has appended since its last checkpoint. */
export interface Checkpoint {
  runId: string;
  epoch: number;
  events: readonly AppendedEvent[];
}

/**
 * The events of unfinished runs, kept until the run's end is stored. They are what recovery folds when the log is gone. Each
 * checkpoint holds only what is new, so that the cost of a run grows with its length and not with its square.
 */
@Injectable()
export class CheckpointStore {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  /**
   * Stores the checkpoints of all runs of a tick in one transaction, adjacent deltas merged. Events that an earlier try has stored
   * whose answer was lost are left out. Returns the ids of the runs whose checkpoint was refused: they have ended or are in
   * another epoch.
   */
  async save(checkpoints: readonly Checkpoint[]): Promise<Set<string>> {
    return this.db.transaction().execute(async (db) => {
      const refused = new Set<string>();
      for (const checkpoint of checkpoints)
        if (!(await saveOne(db, checkpoint))) refused.add(checkpoint.runId);
      return refused;
    });
  }

  /** The stored events of a run, in order. */
  async load(runId: string): Promise<RunEvent[]> {
    const rows = await this.db
      .selectFrom('checkpoints')
      .select('events')
      .where('run_id', '=', runId)
      .orderBy('seq')
      .execute();
    return rows.flatMap((row) => JSON.parse(row.events) as RunEvent[]);
  }
}

async function saveOne(db: Transaction<Database>, { runId, epoch, events }: Checkpoint): Promise<boolean> {
  const run = await db
    .selectFrom('runs')
    .select('checkpoint_seq')
    .where('id', '=', runId)
    .where('epoch', '=', epoch)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (!run) return false;
  const stored = run.checkpoint_seq ?? 0;
  const unsaved = merged(events.filter((event) => event.seq > stored));
  const seq = unsaved.at(-1)?.seq;
  if (seq === undefined) return true;
  // The row is locked by this update: nobody takes the run over, ends or deletes it before the checkpoint is in.
  const { numUpdatedRows } = await db
    .updateTable('runs')
    .set({ checkpoint_seq: seq })
    .where('id', '=', runId)
    .where('epoch', '=', epoch)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return false;
  await db
    .insertInto('checkpoints')
    .values({ run_id: runId, seq, events: JSON.stringify(unsaved) })
    .execute();
  return true;
}
