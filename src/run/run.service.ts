import { Inject, Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Owner } from '../auth/owner.js';
import { CONFIG, type Config } from '../config/config.js';
import { MillraceError } from '../protocol/error-code.js';
import { emptyRunState, isEnded } from '../protocol/run-state.js';
import { working, type ActiveRun } from './active-run.js';
import { ActiveRuns } from './active-runs.js';
import { AS_IT_STANDS } from './cursor.js';
import { FencedError, RUN_LOG, type RunLog } from './log/run-log.js';
import { newUlid } from './new-ulid.js';
import { nextEpochOf } from './next-epoch.js';
import { Readers } from './readers.js';
import { Checkpointer } from './recovery/checkpointer.js';
import { InstanceLeases } from './recovery/instance-leases.js';
import { RunCancelled, RunInterrupted } from './run-cancelled.js';
import type { RunProgram } from './run-program.js';
import type { RunReader } from './run-reader.js';
import { RunReaders } from './run-readers.js';
import { RunToken } from './run-token.js';
import { runView, type RunView } from './run-view.js';
import { RunWriter } from './run-writer.js';
import { RunStore, type RunRow, type Started } from './run.store.js';
import { STATE_OF, terminalEvent } from './terminal-event.js';

/** A reader without a position that lost its run comes back within this time. */
const JUST_ENDED_MS = 60_000;
/** How long a cancel waits for the end of its run: for the instance that executes it, or for a database that does not take the end. */
const CANCEL_MS = 2000;

export interface CancelReceipt {
  run_id: string;
  state: RunRow['state'];
  /** What was working when the cancel came; nothing when the run had ended before, null when another instance knows. */
  stopped: { model: boolean; tool_call_ids: string[] } | null;
}

/**
 * Runs as server objects: they execute detached from whoever asked for them, and HTTP only reads their logs. Leaving a run is
 * not cancelling it.
 */
@Injectable()
export class RunService {
  readonly #logger = new Logger(RunService.name);

  constructor(
    private readonly store: RunStore,
    private readonly active: ActiveRuns,
    private readonly checkpointer: Checkpointer,
    private readonly leases: InstanceLeases,
    private readonly readers: RunReaders,
    @Inject(RUN_LOG) private readonly log: RunLog,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Stores the run and the user's message, begins the work, and returns a reader from the run's first event. The same
   * Idempotency-Key with the same request returns a reader of the run that it started before. Throws `shutting_down` and what
   * RunStore.start throws.
   */
  start(program: RunProgram): Promise<RunReader> {
    return this.active.admit(() => this.#start(program));
  }

  async #start(program: RunProgram): Promise<RunReader> {
    const id = newUlid();
    // The log is there before the run can be found, so that a retry that finds it reads it from its first event.
    const log = await this.log.open(id);
    const started = await this.#store(id, program);
    if (started.existing) {
      const isSnapshot = program.idempotency?.retryReads === 'snapshot';
      return this.follow(program.owner, started.existing.id, isSnapshot ? AS_IT_STANDS : null);
    }

    const { mode, model, agentName, conversation } = program;
    const abort = new AbortController();
    const token = new RunToken(this.store, id, this.leases.id);
    const writer = new RunWriter(id, log, {
      appended: conversation && ((events) => this.checkpointer.add(id, token, events)),
      nextEpoch: nextEpochOf(this.log, token),
      failed: (error) => {
        this.#logger.error({ run_id: id, err: error }, 'The log of a run failed');
        if (error instanceof FencedError) abort.abort(new RunInterrupted());
      },
    });
    const readers = program.onDisconnect === 'cancel' ? this.#readersOf(id, abort) : undefined;
    const run: ActiveRun = { id, program, round: started.round, writer, token, abort, readers };
    writer.write([
      { type: 'run.created', mode, model, agent_name: agentName, conversation_id: conversation?.id },
    ]);
    if (started.conversationCreated && conversation)
      writer.write([{ type: 'conversation.created', conversation_id: conversation.id }]);
    if (started.meanwhile.length > 0) writer.write(started.meanwhile);
    const reader = this.readers.first(run);
    this.active.execute(run);
    for (const interrupted of started.interrupted) void this.#interrupt(interrupted);
    return reader;
  }

  /** Its turn comes before the one that interrupts it, which therefore waits for its end. */
  async #interrupt(id: string): Promise<void> {
    const execution = this.active.find(id);
    if (execution) execution.run.abort.abort(new RunCancelled('user', 'A newer message took its place.'));
    else await untilDone(() => this.store.requestCancel(id, Date.now()));
  }

  #readersOf(id: string, abort: AbortController): Readers {
    const { marks } = this.log;
    const gone = () => {
      // A drain moves readers to other instances; that they leave here says nothing.
      if (!this.active.draining) abort.abort(new RunCancelled('disconnect'));
    };
    const readElsewhere = marks && (async () => (await marks.marked([id])).has(id));
    return new Readers(this.config.DISCONNECT_GRACE_SECONDS * 1000, gone, readElsewhere);
  }

  /** A reader of an owner's run. `cursor` is what the client sent: a position, a bare seq, or null for the beginning. */
  async follow(owner: Owner, id: string, cursor: string | null): Promise<RunReader> {
    const row = await this.#find(owner, id);
    return this.readers.after(row, cursor, this.active.find(id)?.run);
  }

  /**
   * The run that answers in a conversation, the newest where some wait for their turn; also one that has just ended, for readers
   * that lost it. Null when there is none.
   */
  async latestTurn(owner: Owner, conversationId: string): Promise<{ id: string; ended: boolean } | null> {
    const row = await this.store.latestTurn(owner, conversationId, Date.now() - JUST_ENDED_MS);
    return row && { id: row.id, ended: isEnded(row.state) };
  }

  /** Whether a run is a turn of a conversation. */
  async isTurn(owner: Owner, conversationId: string, id: string): Promise<boolean> {
    return (await this.store.find(owner, id))?.conversation_id === conversationId;
  }

  async view(owner: Owner, id: string): Promise<RunView> {
    const row = await this.#find(owner, id);
    // The row knows the state of a run whose log is away.
    return runView(row, await this.log.head(id).catch(() => null));
  }

  /** Stops a run, wherever it works, and waits a moment for its end. Idempotent: an ended run is left as it is. */
  async cancel(owner: Owner, id: string, reason?: string): Promise<CancelReceipt> {
    const row = await this.#find(owner, id);
    const execution = this.active.find(id);
    if (!execution) return this.#cancelElsewhere(owner, row);
    const stopped = working(execution.run.writer.state);
    execution.run.abort.abort(new RunCancelled('user', reason));
    await Promise.race([execution.done, sleep(CANCEL_MS, undefined, { ref: false })]);
    const { state } = await this.#find(owner, id);
    return { run_id: id, state, stopped };
  }

  async #cancelElsewhere(owner: Owner, row: RunRow): Promise<CancelReceipt> {
    const { id } = row;
    if (isEnded(row.state))
      return { run_id: id, state: row.state, stopped: { model: false, tool_call_ids: [] } };
    await this.store.requestCancel(id, Date.now());
    const until = performance.now() + CANCEL_MS;
    let { state } = row;
    while (!isEnded(state) && performance.now() < until) {
      await sleep(50);
      ({ state } = await this.#find(owner, id));
    }
    return { run_id: id, state, stopped: null };
  }

  /** Stores a new run; its log is forgotten when it was not stored. */
  async #store(id: string, program: RunProgram): Promise<Started> {
    const { owner, mode, model, agentName, conversation, messages, idempotency, onDisconnect } = program;
    const run = {
      id,
      instanceId: this.leases.id,
      onDisconnect,
      owner,
      mode,
      model,
      agentName,
      conversation,
      messages,
      idempotencyKey: idempotency?.key,
      requestHash: idempotency?.requestHash,
      store: program.store?.bind(program),
    };
    try {
      const started = await this.store.start(run, Date.now());
      if (started.existing) await this.log.drop(id);
      return started;
    } catch (error) {
      await this.log.drop(id);
      if (error instanceof MillraceError && error.code === 'storage_failed') void this.#abandon(id, program);
      throw error;
    }
  }

  /**
   * The commit may have been done although its answer was lost. Nobody would execute that run, and its conversation would wait for it, so
   * it is ended as soon as the database answers. A retry starts anew.
   */
  async #abandon(id: string, { errorType }: RunProgram): Promise<void> {
    const terminal = terminalEvent(emptyRunState(id), { error: new RunInterrupted() }, errorType);
    const end = { state: STATE_OF[terminal.type], terminal, usage: undefined, lastSeq: 1, releaseKey: true };
    await untilDone(() => this.store.finish(id, 1, end, Date.now()));
  }

  async #find(owner: Owner, id: string): Promise<RunRow> {
    const row = await this.store.find(owner, id);
    if (!row) throw new MillraceError('run_not_found');
    return row;
  }
}

/** Does it again while the database is away; never rejects. */
async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (let wait = 100; ; wait = Math.min(wait * 2, 10_000)) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof MillraceError)) return;
    }
    await sleep(wait, undefined, { ref: false });
  }
}
