import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { DATABASE } from '../../database/database.module.js';
import type { Database } from '../../database/schema.js';
import type { RunEvent } from '../../protocol/run-event.js';

/** What one run has appended since its last checkpoint, adjacent deltas merged. */
export interface Checkpoint {
  runId: string;
  epoch: number;
  events: RunEvent[];
}

/**
 * The events of unfinished runs, kept until the run's end is stored. They are what recovery folds when the log is gone. Each
 * checkpoint holds only what is new, so that the cost of a run grows with its length and not with its square.
 */
@Injectable()
export class CheckpointStore {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  /** Stores the checkpoints of all runs of a tick in one transaction. One whose run has ended or has a newer writer is left out. */
  async save(checkpoints: readonly Checkpoint[]): Promise<void> {
    await this.db.transaction().execute(async (db) => {
      for (const { runId, epoch, events } of checkpoints) {
        const seq = events.at(-1)?.seq;
        if (seq === undefined) continue;
        const { numUpdatedRows } = await db
          .updateTable('runs')
          .set({ checkpoint_seq: seq })
          .where('id', '=', runId)
          .where('epoch', '=', epoch)
          .where('ended_at', 'is', null)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows === 0n) continue;
        await db
          .insertInto('checkpoints')
          .values({ run_id: runId, seq, events: JSON.stringify(events) })
          .execute();
      }
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
