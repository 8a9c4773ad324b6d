import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ulid } from 'ulid';
import type { Owner } from '../auth/owner.js';
import { CONFIG, type Config } from '../config/config.js';
import { errorKinds, MillraceError } from '../protocol/error-code.js';
import type { UsageCounts } from '../protocol/run-event.js';
import { formatPosition } from '../protocol/position.js';
import { working, type ActiveRun } from './active-run.js';
import { readCursor } from './cursor.js';
import { RUN_LOG, type LogCursor, type RunLog } from './log/run-log.js';
import { Readers } from './readers.js';
import { RunCancelled, RunInterrupted } from './run-cancelled.js';
import { RunExecutor } from './run-executor.js';
import type { RunProgram } from './run-program.js';
import { RunReader } from './run-reader.js';
import { RunWriter } from './run-writer.js';
import { RunStore, type RunRow, type Started } from './run.store.js';
import { snapshotFromLog, snapshotFromRow } from './snapshot.js';

export interface RunView {
  run_id: string;
  conversation_id: string | null;
  mode: RunRow['mode'];
  model: string;
  state: RunRow['state'];
  usage: UsageCounts | null;
  /** The position of the last event, for `GET /api/runs/{id}/events`. */
  cursor: string | null;
  error: { code: string; message: string; retryable: boolean } | null;
  created_at: number;
  ended_at: number | null;
}

export interface CancelReceipt {
  run_id: string;
  state: RunRow['state'];
  /** What was working when the cancel came. Nothing, when the run had ended before. */
  stopped: { model: boolean; tool_call_ids: string[] };
}

/**
 * Runs as server objects: they execute detached from whoever asked for them, and HTTP only reads their logs. Leaving a run is
 * not cancelling it.
 */
@Injectable()
export class RunService implements OnModuleInit, BeforeApplicationShutdown {
  readonly #active = new Map<string, { run: ActiveRun; done: Promise<void> }>();
  /** The end of the last run of each conversation: turns of one conversation come one after the other. */
  readonly #lastTurn = new Map<string, Promise<void>>();
  #draining = false;

  constructor(
    private readonly store: RunStore,
    private readonly executor: RunExecutor,
    @Inject(RUN_LOG) private readonly log: RunLog,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onModuleInit(): Promise<void> {
    const { text: message, retryable } = errorKinds.run_interrupted;
    const terminal = {
      type: 'run.interrupted',
      code: 'run_interrupted',
      error_type: 'api_error',
      message,
      retryable,
    };
    await this.store.interruptUnfinished(terminal, Date.now());
  }

  /**
   * Stores the run and the user's message, begins the work, and returns a reader from the run's first event. The same
   * Idempotency-Key with the same request returns a reader of the run that it started before.
   */
  async start(program: RunProgram): Promise<RunReader> {
    if (this.#draining) throw new MillraceError('shutting_down');
    const id = ulid();
    // The log is there before the run can be found, so that a retry that finds it reads it from its first event.
    const writer = new RunWriter(id, await this.log.open(id));
    const started = await this.#store(id, program);
    if (started.existing) return this.follow(program.owner, started.existing.id, null);

    const abort = new AbortController();
    const gone = () => {
      if (program.onDisconnect === 'cancel') abort.abort(new RunCancelled('disconnect'));
    };
    const run: ActiveRun = {
      id,
      program,
      round: started.round,
      writer,
      abort,
      readers: new Readers(this.config.DISCONNECT_GRACE_SECONDS * 1000, gone),
    };
    writer.write([
      {
        type: 'run.created',
        mode: program.mode,
        model: program.model,
        conversation_id: program.conversation?.id,
      },
      ...(started.conversationCreated && program.conversation
        ? [{ type: 'conversation.created' as const, conversation_id: program.conversation.id }]
        : []),
    ]);
    const reader = this.#reader(id, program.conversation?.id, null, run);
    this.#execute(run);
    return reader;
  }

  /** A reader of an owner's run. `cursor` is what the client sent: a position, a bare seq, or null for the beginning. */
  async follow(owner: Owner, id: string, cursor: string | null): Promise<RunReader> {
    const row = await this.#find(owner, id);
    const last = (await this.log.head(id)) ?? lastPosition(row);
    const after = readCursor(cursor, id, last);
    return this.#reader(id, row.conversation_id ?? undefined, after, this.#active.get(id)?.run, row);
  }

  async view(owner: Owner, id: string): Promise<RunView> {
    const row = await this.#find(owner, id);
    const position = (await this.log.head(id)) ?? lastPosition(row);
    const terminal =
      row.terminal === null
        ? null
        : (JSON.parse(row.terminal) as { code?: string; message?: string; retryable?: boolean });
    return {
      run_id: row.id,
      conversation_id: row.conversation_id,
      mode: row.mode,
      model: row.model,
      state: row.state,
      usage: row.usage === null ? null : (JSON.parse(row.usage) as UsageCounts),
      cursor: position && formatPosition({ run_id: id, ...position }),
      error:
        terminal?.code === undefined
          ? null
          : { code: terminal.code, message: terminal.message ?? '', retryable: terminal.retryable ?? false },
      created_at: row.created_at,
      ended_at: row.ended_at,
    };
  }

  /** Stops a run and waits for its end. Idempotent: an ended run is left as it is. */
  async cancel(owner: Owner, id: string, reason?: string): Promise<CancelReceipt> {
    await this.#find(owner, id);
    const active = this.#active.get(id);
    const stopped = active ? working(active.run.writer.state) : { model: false, tool_call_ids: [] };
    active?.run.abort.abort(new RunCancelled('user', reason));
    await active?.done;
    const { state } = await this.#find(owner, id);
    return { run_id: id, state, stopped };
  }

  /** No new runs; those that work may end within `SHUTDOWN_SECONDS`, and what is left is interrupted with its text kept. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#draining = true;
    const runs = [...this.#active.values()];
    if (runs.length === 0) return;
    const interrupt = setTimeout(
      () => runs.forEach(({ run }) => run.abort.abort(new RunInterrupted())),
      this.config.SHUTDOWN_SECONDS * 1000,
    );
    await Promise.all(runs.map(({ done }) => done));
    clearTimeout(interrupt);
  }

  /** Stores a new run; its log is forgotten when it was not stored. */
  async #store(id: string, program: RunProgram): Promise<Started> {
    const { owner, mode, model, conversation, messages, idempotency } = program;
    const run = {
      id,
      owner,
      mode,
      model,
      conversation,
      messages,
      idempotencyKey: idempotency?.key,
      requestHash: idempotency?.requestHash,
    };
    try {
      const started = await this.store.start(run, Date.now());
      if (started.existing) await this.log.drop(id);
      return started;
    } catch (error) {
      await this.log.drop(id);
      throw error;
    }
  }

  #execute(run: ActiveRun): void {
    const { owner, conversation } = run.program;
    const key = conversation && JSON.stringify([owner.tenant_id, owner.user_id, conversation.id]);
    const before = (key !== undefined && this.#lastTurn.get(key)) || Promise.resolve();
    const done = this.executor.run(run, before).then(() => void this.#active.delete(run.id));
    this.#active.set(run.id, { run, done });
    if (key === undefined) return;
    // A run that is cancelled while it waits ends before its turn; the next one still waits for those before it.
    const turn = Promise.all([before, done]).then(() => {
      if (this.#lastTurn.get(key) === turn) this.#lastTurn.delete(key);
    });
    this.#lastTurn.set(key, turn);
  }

  #reader(
    id: string,
    conversationId: string | undefined,
    after: LogCursor | null | 'invalid',
    run?: ActiveRun,
    row?: RunRow,
  ): RunReader {
    run?.readers.join();
    return new RunReader({
      runId: id,
      conversationId,
      log: this.log,
      after,
      recover: async (reason) => {
        const recovery = await snapshotFromLog(this.log, id, reason);
        if (recovery) return recovery;
        if (!row) throw new MillraceError('run_not_found');
        const last = lastPosition(row);
        if (last && after !== 'invalid' && after?.epoch === last.epoch && after.seq === last.seq)
          return { items: [], cursor: last, live: false };
        return snapshotFromRow(row, await this.store.messages(id), reason);
      },
      onClose: () => run?.readers.leave(),
    });
  }

  async #find(owner: Owner, id: string): Promise<RunRow> {
    const row = await this.store.find(owner, id);
    if (!row) throw new MillraceError('run_not_found');
    return row;
  }
}

/** Where the log of an ended run ended, for when it is kept no more. */
function lastPosition({ epoch, last_seq }: RunRow): LogCursor | null {
  return last_seq === null ? null : { epoch, seq: last_seq };
}
