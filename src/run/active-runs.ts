import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONFIG, isShared, type Config } from '../config/config.js';
import { MillraceError } from '../protocol/error-code.js';
import type { ActiveRun } from './active-run.js';
import { RUN_LOG, type RunLog } from './log/run-log.js';
import { InstanceLeases } from './recovery/instance-leases.js';
import { RunCancelled, RunInterrupted } from './run-cancelled.js';
import { RunExecutor } from './run-executor.js';
import { RunStore } from './run.store.js';

/** How often an instance looks for what others ask of it, or waits for. */
const POLL_MS = 250;
/** How often a silent run finds out whether its log is still there, and one that nobody reads here who reads it elsewhere. */
const CHECK_MS = 1000;

/** What a run without a conversation waits for: one for all of them, because it is kept as long as each. */
const NO_TURN_BEFORE = Promise.resolve();

interface Execution {
  run: ActiveRun;
  done: Promise<void>;
}

/** The runs that this process executes, turns of one conversation one after the other, until the process stops. */
@Injectable()
export class ActiveRuns implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(ActiveRuns.name);
  readonly #executions = new Map<string, Execution>();
  /** The end of the last run of each conversation. */
  readonly #lastTurn = new Map<string, Promise<void>>();
  readonly #shared: boolean;
  #timers: NodeJS.Timeout[] = [];
  #polling = false;
  /** Runs that are being stored. */
  readonly #starts = new Set<Promise<unknown>>();
  #draining = false;
  /** What a drain gives to runs has passed. */
  #isTimeUp = false;

  constructor(
    private readonly executor: RunExecutor,
    private readonly store: RunStore,
    private readonly leases: InstanceLeases,
    @Inject(RUN_LOG) private readonly log: RunLog,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.#shared = isShared(config);
  }

  onApplicationBootstrap(): void {
    if (this.#shared) this.#every(POLL_MS, () => void this.#obeyCancels());
    if (this.config.REDIS_URL === undefined) return;
    this.#every(CHECK_MS, () => this.#checkLogs());
    this.#every(CHECK_MS, () => void this.#askForReaders());
  }

  /** True once no new runs are taken. */
  get draining(): boolean {
    return this.#draining;
  }

  find(id: string): Execution | undefined {
    return this.#executions.get(id);
  }

  /**
   * Lets a run be started, which ends with its `execute`: a drain that begins meanwhile waits for it as for those that work. Throws
   * `shutting_down` once it has begun.
   */
  async admit<T>(start: () => Promise<T>): Promise<T> {
    if (this.#draining) throw new MillraceError('shutting_down');
    const starting = start();
    this.#starts.add(starting);
    try {
      return await starting;
    } finally {
      this.#starts.delete(starting);
    }
  }

  execute(run: ActiveRun): void {
    if (this.#isTimeUp) run.abort.abort(new RunInterrupted());
    const { owner, conversation } = run.program;
    const key = conversation && JSON.stringify([owner.tenant_id, owner.user_id, conversation.id]);
    const before = key === undefined ? NO_TURN_BEFORE : this.#turnsBefore(key, run);
    const done = this.executor.run(run, before).then(() => void this.#executions.delete(run.id));
    this.#executions.set(run.id, { run, done });
    if (key === undefined) return;
    // A run that is cancelled while it waits ends before its turn; the next one still waits for those before it.
    const turn = Promise.all([before, done]).then(() => {
      if (this.#lastTurn.get(key) === turn) this.#lastTurn.delete(key);
    });
    this.#lastTurn.set(key, turn);
  }

  /** No new runs; those that work may end within `SHUTDOWN_SECONDS`, and what is left is interrupted with its text kept. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#draining = true;
    const interrupt = setTimeout(() => {
      this.#isTimeUp = true;
      for (const { run } of this.#executions.values()) run.abort.abort(new RunInterrupted());
    }, this.config.SHUTDOWN_SECONDS * 1000);
    while (this.#starts.size + this.#executions.size > 0)
      await Promise.allSettled([...this.#starts, ...[...this.#executions.values()].map(({ done }) => done)]);
    clearTimeout(interrupt);
    for (const timer of this.#timers) clearInterval(timer);
  }

  #every(milliseconds: number, act: () => void): void {
    this.#timers.push(setInterval(act, milliseconds).unref());
  }

  /** A Redis that was emptied says nothing; the readers of a run that writes nothing would wait. */
  #checkLogs(): void {
    for (const { run } of this.#executions.values()) run.writer.check();
  }

  async #askForReaders(): Promise<void> {
    const unread = [...this.#executions.values()].filter(({ run }) => run.readers?.isUnreadHere);
    if (unread.length === 0) return;
    // While the log is away nobody can read: what was known before holds.
    const read = await this.log.marks?.marked(unread.map(({ run }) => run.id)).catch(() => undefined);
    if (read) for (const { run } of unread) run.readers?.setElsewhere(read.has(run.id));
  }

  async #turnsBefore(key: string, run: ActiveRun): Promise<void> {
    await this.#lastTurn.get(key);
    if (!this.#shared) return;
    while (!run.abort.signal.aborted && (await this.#otherInstanceIsBusy(run))) await sleep(POLL_MS);
  }

  async #otherInstanceIsBusy({ id, round, program }: ActiveRun): Promise<boolean> {
    try {
      return await this.store.hasUnfinishedTurnBefore(program.owner, program.conversation!.id, round!);
    } catch (error) {
      this.#logger.warn(
        { run_id: id, err: error },
        'The turns of other instances could not be seen; trying again',
      );
      return true;
    }
  }

  async #obeyCancels(): Promise<void> {
    if (this.#polling || this.#executions.size === 0) return;
    this.#polling = true;
    try {
      const ids = await this.store.cancelRequests(this.leases.id);
      for (const id of ids) this.#executions.get(id)?.run.abort.abort(new RunCancelled('user'));
    } catch (error) {
      this.#logger.warn({ err: error }, 'Cancel requests could not be read; trying again');
    } finally {
      this.#polling = false;
    }
  }
}
