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
import { RunReader, type ReaderOptions, type Recovery } from './run-reader.js';
import { lastPosition } from './run-view.js';
import { RunStore, type RunRow } from './run.store.js';
import { snapshotFromLog, snapshotFromRow } from './snapshot.js';

type Place = Pick<ReaderOptions, 'runId' | 'conversationId' | 'after' | 'withoutLog'>;

/** Who counts the readers of a run. */
interface Counted {
  join(runId: string): void;
  leave(runId: string): void;
}

/** What one reader reads. An object with methods and no closures, because it is kept as long as the reader. */
class Source implements ReaderOptions {
  readonly runId: string;
  readonly conversationId: string | undefined;
  readonly after: LogCursor | null | 'invalid';
  readonly withoutLog: boolean;
  readonly #tenant: string;
  readonly #user: string;

  constructor(
    private readonly readers: RunReaders,
    readonly log: RunLog,
    // Not kept itself: it may be a whole row.
    { tenant_id, user_id }: Owner,
    { runId, conversationId, after, withoutLog = false }: Place,
    private readonly counted: Counted | undefined,
  ) {
    this.runId = runId;
    this.conversationId = conversationId;
    this.after = after;
    this.withoutLog = withoutLog;
    this.#tenant = tenant_id;
    this.#user = user_id;
  }

  recover(reason: SnapshotReason, at: LogCursor | null): Promise<Recovery> {
    return this.readers.recover(this.#owner, this.runId, at, reason, this.after === 'invalid');
  }

  stored(at: LogCursor | null): Promise<Recovery | null> {
    return this.readers.stored(this.#owner, this.runId, at, 'unknown');
  }

  onClose(): void {
    this.counted?.leave(this.runId);
  }

  get #owner(): Owner {
    return { tenant_id: this.#tenant, user_id: this.#user };
  }
}

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

  #reader(owner: Owner, place: Place, counted: Counted | undefined): RunReader {
    counted?.join(place.runId);
    return new RunReader(new Source(this, this.log, owner, place, counted));
  }

  /** What a reader gets that cannot go on after `at`. */
  async recover(
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
      const stored = isComing ? null : await this.stored(owner, id, at, reason);
      // Whoever ended the run since may have begun its log anew, which knows more of it than what is stored.
      if (stored) return (stored.items.length > 0 && (await snapshotFromLog(this.log, id, why))) || stored;
      if (isTimeUp) throw new MillraceError('log_unavailable');
      await sleep(250);
    }
  }

  /** What the database holds of a run, for a reader that stands at `at`; null when the run has not ended. */
  async stored(
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
