import { Inject, Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONFIG, type Config } from '../config/config.js';
import { messagesOfRun, nodesOfRun } from '../conversation/messages-of-run.js';
import { MillraceError } from '../protocol/error-code.js';
import type { RunEventBody } from '../protocol/run-event.js';
import type { ActiveRun } from './active-run.js';
import { closeOpenParts } from './close-open-parts.js';
import { execute } from './execute.js';
import { FencedError } from './log/run-log.js';
import { Checkpointer } from './recovery/checkpointer.js';
import { RunCancelled } from './run-cancelled.js';
import { usageEvents } from './run-usage.js';
import { RunStore, type RunEnd } from './run.store.js';
import { STATE_OF, terminalEvent, type Outcome, type TerminalBody } from './terminal-event.js';
import { WorkContext, type Told } from './work-context.js';

/** Takes a stored run through its work to its one terminal event. */
@Injectable()
export class RunExecutor {
  readonly #logger = new Logger(RunExecutor.name);

  constructor(
    private readonly store: RunStore,
    private readonly checkpointer: Checkpointer,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Never rejects. `before` is what the run waits for: the run before it in its conversation. While the answer comes this is the only
   * function that waits for it: each one is kept in memory as long (decision 11).
   */
  async run(active: ActiveRun, before: Promise<void>): Promise<void> {
    const { id, abort } = active;
    const told: Told = { inputEstimates: new Map(), result: undefined };
    let deadline: NodeJS.Timeout | undefined;
    try {
      let outcome: Outcome;
      try {
        await settledOrAborted(before, abort.signal);
        abort.signal.throwIfAborted();
        deadline = this.#deadline(abort);
        await this.#begin(active);
        outcome = await this.#work(active, told);
      } catch (error) {
        outcome = { error };
      }
      clearTimeout(deadline);
      // What still works for this run works for nobody, such as a tool of a node beside the one that failed.
      if (outcome.error !== undefined) abort.abort(outcome.error);
      else outcome = { result: told.result };
      await this.#finish(active, outcome, told.inputEstimates);
    } catch (error) {
      this.#logger.error({ run_id: id, err: error }, 'A run could not be ended');
    } finally {
      active.readers?.dispose();
      this.ended(active);
      await this.checkpointer.forget(id);
    }
  }

  /** Called once, when the run gives the first piece of an answer. */
  protected answering(_active: ActiveRun): void {}

  /** Called once, when nothing works for the run any more. */
  protected ended(_active: ActiveRun): void {}

  #deadline(abort: AbortController): NodeJS.Timeout {
    return setTimeout(() => abort.abort(new MillraceError('run_timeout')), this.config.RUN_SECONDS * 1000);
  }

  async #begin({ id, program, token, writer }: ActiveRun): Promise<void> {
    if (program.conversation) await this.store.setRunning(id, token.epoch, Date.now());
    writer.write([{ type: 'run.started', model: program.model }]);
  }

  #work(active: ActiveRun, told: Told): Promise<Outcome> {
    const { program, abort } = active;
    const work = program.execute(new WorkContext(active, told, abort.signal));
    return execute(work, abort, this.#writing(active));
  }

  #writing(active: ActiveRun): (bodies: readonly RunEventBody[]) => void {
    let isWaiting = true;
    return (bodies) => {
      if (isWaiting && bodies.some(isAnswer)) {
        isWaiting = false;
        this.answering(active);
      }
      active.writer.write(bodies);
    };
  }

  /** Closes what is open, commits message, usage and state, and only then appends the terminal event. */
  async #finish(
    active: ActiveRun,
    outcome: Outcome,
    inputEstimates: ReadonlyMap<string, number>,
  ): Promise<void> {
    const { id, program, writer } = active;
    const { state } = writer;
    if (outcome.error !== undefined) this.#logFailure(id, outcome.error);
    const decided = terminalEvent(state, outcome, program.errorType);
    writer.write(closeOpenParts(state, decided.type === 'run.interrupted' ? 'unknown' : 'cancelled'));
    writer.write(usageEvents(state, inputEstimates));
    const { terminal, at } = await this.#commit(active, decided);
    writer.write([terminal], at);
    await writer.close();
    if (terminal.type === 'run.completed') program.completed?.();
    if (writer.isAway)
      this.#logger.warn(
        { run_id: id },
        'The log is away: a run has ended, and its log gets that when it is back',
      );
  }

  /** The terminal event waits for the database, as long as it takes. Returns the one that holds: ours, or the one that another decided. */
  async #commit(active: ActiveRun, terminal: TerminalBody): Promise<{ terminal: TerminalBody; at: number }> {
    const { id, program, writer, token } = active;
    const at = Date.now();
    const end: RunEnd = {
      state: STATE_OF[terminal.type],
      terminal,
      usage: writer.state.usage,
      lastSeq: writer.seal(),
      releaseKey: terminal.type === 'run.cancelled' && terminal.by === 'disconnect',
      ...(program.conversation && {
        messages: [...program.messages, ...messagesOfRun(writer.state)],
        nodes: nodesOfRun(writer.state),
      }),
    };
    for (let wait = 50; ; wait = Math.min(wait * 2, 2000)) {
      try {
        if (await this.store.finish(id, token.epoch, end, at)) return { terminal, at };
        const row = await this.store.find(program.owner, id);
        if (!row) return { terminal, at };
        if (row.terminal !== null)
          return { terminal: JSON.parse(row.terminal) as TerminalBody, at: row.ended_at ?? at };
        // The row has moved to another epoch. If this run's writer did that, it goes on at once.
        await token.take();
        continue;
      } catch (error) {
        // Another instance has taken the run over and is about to decide: until then nobody knows how it ended.
        if (!(error instanceof FencedError))
          this.#logger.warn({ run_id: id, err: error }, 'The end of a run could not be stored; trying again');
      }
      await sleep(wait);
    }
  }

  #logFailure(id: string, error: unknown): void {
    if (error instanceof RunCancelled) return;
    if (error instanceof MillraceError)
      this.#logger.warn({ run_id: id, code: error.code, err: error.cause }, 'A run failed');
    else this.#logger.error({ run_id: id, err: error }, 'A run failed');
  }
}

function isAnswer({ type }: RunEventBody): boolean {
  return (
    type === 'text.delta' ||
    type === 'reasoning.delta' ||
    type === 'refusal.delta' ||
    type === 'tool_call.started'
  );
}

/** Resolves when `before` has settled well or the signal has aborted, and then leaves nothing at the signal. */
function settledOrAborted(before: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve();
    const abort = () => resolve();
    signal.addEventListener('abort', abort, { once: true });
    before.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
