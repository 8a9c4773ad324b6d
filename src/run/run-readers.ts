import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Owner } from '../auth/owner.js';
import { MillraceError } from '../protocol/error-code.js';
import type { SnapshotReason } from '../protocol/run-snapshot.js';
import { isEnded } from '../protocol/run-state.js';
import type { ActiveRun } from './active-run.js';
import { AnnouncedReaders } from './announced-readers.js';
import { readCursor } from './cursor.js';
import { RUN_LOG, type LogCursor, type LogHead, type RunLog } from './log/run-log.js';
import { RunReader, type Recovery } from './run-reader.js';
import { lastPosition } from './run-view.js';
import { RunStore, type RunRow } from './run.store.js';
import { snapshotFromLog, snapshotFromRow } from './snapshot.js';

type After = LogCursor | null | 'invalid';

/** Makes the readers of runs: of those that this process executes, of others', and of those that have ended. */
@Injectable()
export class RunReaders {
  /** How long a reader waits for a log that is lost, or has no base yet: its writer is about to begin it anew. */
  lostLogMs = 5000;

  constructor(
    private readonly store: RunStore,
    private readonly announced: AnnouncedReaders,
    @Inject(RUN_LOG) private readonly log: RunLog,
  ) {}

  /** A reader of a run that begins here, from its first event. */
  first({ id, program, readers }: ActiveRun): RunReader {
    return this.#reader(
      program.owner,
      { runId: id, conversationId: program.conversation?.id, after: null },
      readers,
    );
  }

  /** A reader of a stored run, after what the client sent as its cursor; `active` where this process executes the run. */
  async after(row: RunRow, cursor: string | null, active: ActiveRun | undefined): Promise<RunReader> {
    const head = await this.#head(row);
    const ended = isEnded(row.state);
    const elsewhere = !active && !ended && row.on_disconnect === 'cancel' ? this.announced : undefined;
    return this.#reader(
      row,
      {
        runId: row.id,
        conversationId: row.conversation_id ?? undefined,
        after: readCursor(cursor, row.id, head ?? lastPosition(row)),
        withoutLog: head === null && ended,
      },
      active ? active.readers : elsewhere,
    );
  }

  #reader(
    owner: Owner,
    from: { runId: string; conversationId: string | undefined; after: After; withoutLog?: boolean },
    counted: { join(runId: string): void; leave(runId: string): void } | undefined,
  ): RunReader {
    const { runId, after } = from;
    // Kept as long as the reader: a whole row would be, too.
    const { tenant_id, user_id } = owner;
    const reader: Owner = { tenant_id, user_id };
    counted?.join(runId);
    return new RunReader({
      ...from,
      log: this.log,
      recover: (reason, at) => this.#recover(reader, runId, at, reason, after === 'invalid'),
      stored: (at) => this.#stored(reader, runId, at, 'unknown'),
      onClose: () => counted?.leave(runId),
    });
  }

  async #recover(
    owner: Owner,
    id: string,
    at: LogCursor | null,
    reason: SnapshotReason,
    wasUnreadable: boolean,
  ): Promise<Recovery> {
    const until = performance.now() + this.lostLogMs;
    for (let why = reason; ; why = wasUnreadable ? reason : 'lost') {
      const fromLog = await snapshotFromLog(this.log, id, why);
      if (fromLog) return fromLog;
      const isTimeUp = performance.now() > until;
      // A log that has no base yet is being begun anew: it will tell this reader the same as every other one.
      const isComing = !isTimeUp && (await this.log.head(id)) !== null;
      const stored = isComing ? null : await this.#stored(owner, id, at, reason);
      if (stored) return stored;
      if (isTimeUp) throw new MillraceError('log_unavailable');
      await sleep(250);
    }
  }

  /** What the database holds of a run, for a reader that stands at `at`; null when the run has not ended. */
  async #stored(
    owner: Owner,
    id: string,
    at: LogCursor | null,
    reason: SnapshotReason,
  ): Promise<Recovery | null> {
    const row = await this.store.find(owner, id);
    if (!row) throw new MillraceError('run_not_found');
    if (!isEnded(row.state)) return null;
    const last = lastPosition(row);
    if (last && at?.epoch === last.epoch && at.seq === last.seq)
      return { items: [], cursor: last, live: false };
    return snapshotFromRow(row, await this.store.round(id), reason);
  }

  /** The row knows enough of a run that has ended, when its log is away. */
  async #head(row: RunRow): Promise<LogHead | null> {
    const head = this.log.head(row.id);
    return isEnded(row.state) ? head.catch(() => null) : head;
  }
}
