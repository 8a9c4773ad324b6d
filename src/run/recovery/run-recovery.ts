import { Inject, Injectable, Logger } from '@nestjs/common';
import { messagesOfRun, nodesOfRun } from '../../conversation/messages-of-run.js';
import { isTerminal } from '../../protocol/run-event.js';
import { applyEvent } from '../../protocol/apply-event.js';
import { emptyRunState, type RunState } from '../../protocol/run-state.js';
import { closeOpenParts } from '../close-open-parts.js';
import { FencedError, RUN_LOG, type RunLog } from '../log/run-log.js';
import { RunInterrupted } from '../run-cancelled.js';
import { usageEvents } from '../run-usage.js';
import { RunWriter } from '../run-writer.js';
import { RunStore, type RunRow } from '../run.store.js';
import { snapshotFromLog, snapshotFromRow, snapshotOf } from '../snapshot.js';
import { STATE_OF, terminalEvent, type TerminalBody } from '../terminal-event.js';
import { CheckpointStore } from './checkpoint.store.js';

interface Survived {
  state: RunState;
  /** False when the checkpoints held more than the log. */
  logIsWhole: boolean;
  /** The log's terminal event, where it got as far. */
  terminal?: TerminalBody;
}

/** The end of a run and when it was decided, so that every log and every snapshot tell of it in the same bytes. */
interface Decided {
  terminal: TerminalBody;
  at: number | undefined;
}

/**
 * Ends a run whose owner is gone: takes its token in the database, fences its log, folds what survives, closes what is open,
 * commits the text as interrupted and appends the terminal event. What was decided before, in the database or in the log, holds.
 * Tools are never run again. Doing it twice changes nothing.
 */
@Injectable()
export class RunRecovery {
  readonly #logger = new Logger(RunRecovery.name);

  constructor(
    private readonly store: RunStore,
    private readonly checkpoints: CheckpointStore,
    @Inject(RUN_LOG) private readonly log: RunLog,
  ) {}

  /**
   * False when the run is another instance's to end, or was deleted. Rejects when the log or the database is away, or the log is in a later
   * epoch than the row: to be tried again with the run's new row, if it is still this instance's.
   */
  async recover(orphan: Pick<RunRow, 'id' | 'epoch'>, instanceId: string): Promise<boolean> {
    const taken = await this.store.takeOver(orphan, instanceId);
    if (!taken) return false;
    const log = await this.log.open(taken.id, { epoch: taken.epoch - 1, seq: vouchedSeq(taken) });
    // Only now: what others have stored and written until they were fenced, their end of the run maybe, counts.
    const row = await this.store.find(taken, taken.id);
    if (!row || (row.epoch !== taken.epoch && row.terminal === null)) return this.#leave(taken);
    const { state, logIsWhole, terminal } = await this.#survivingState(row);
    const writer = new RunWriter(row.id, log, { state });
    if (terminal) {
      if (row.terminal === null) await this.#commit(row, state, terminal, log.startSeq);
      await this.#close(row, writer);
      return true;
    }
    if (!logIsWhole) {
      state.seq = log.startSeq;
      await this.log.trim(row.id, snapshotOf(structuredClone(state), log.epoch, 'lost'));
    }
    const end = decidedBefore(row) ?? (await this.#interrupt(row, writer));
    if (!end) return this.#leave(taken);
    writer.write([end.terminal], end.at);
    await this.#close(row, writer);
    this.#logger.warn({ run_id: row.id }, 'A run whose owner was gone has been ended');
    return true;
  }

  /** The run is another one's to end, or was deleted: then its log does not stay. */
  async #leave(run: RunRow): Promise<false> {
    if (!(await this.store.find(run, run.id))) await this.log.drop(run.id);
    return false;
  }

  /**
   * Rejects when the log is away, or was lost and opened with an older token: the next try begins anew. One that was fenced leaves the run
   * to the holder of the newer token.
   */
  async #close(row: RunRow, writer: RunWriter): Promise<void> {
    await writer.close();
    const { failure } = writer;
    if (failure instanceof FencedError && (await this.store.find(row, row.id))?.epoch !== row.epoch) return;
    if (failure instanceof Error) throw failure;
  }

  /** What the log holds, or what the database does if that is more: the stored answer of an ended run, the checkpoints of another. */
  async #survivingState(row: RunRow): Promise<Survived> {
    const stored = await this.#stateInDatabase(row);
    const [snapshot, terminal] = (await snapshotFromLog(this.log, row.id, 'lost'))?.items ?? [];
    const inLog = snapshot?.type === 'run.snapshot' ? snapshot.state : null;
    // An empty log has just been begun in the place of one that was lost.
    if (!inLog || inLog.seq === 0 || inLog.seq < stored.seq) return { state: stored, logIsWhole: false };
    if (!terminal || !isTerminal(terminal)) return { state: inLog, logIsWhole: true };
    const { v: _v, run_id: _id, epoch: _epoch, seq: _seq, ts: _ts, ...body } = terminal;
    return { state: inLog, logIsWhole: true, terminal: body };
  }

  async #stateInDatabase(row: RunRow): Promise<RunState> {
    // Of a temporary chat no text is stored: what the log has is all there is.
    if (row.terminal !== null && row.conversation_id !== null) {
      const [stored] = snapshotFromRow(row, await this.store.round(row.id), 'lost').items;
      if (stored?.type === 'run.snapshot') return stored.state;
    }
    const state = emptyRunState(row.id);
    for (const event of await this.checkpoints.load(row.id)) if (!isTerminal(event)) applyEvent(state, event);
    return state;
  }

  async #interrupt(row: RunRow, writer: RunWriter): Promise<Decided | null> {
    const { state } = writer;
    const terminal = terminalEvent(state, { error: new RunInterrupted() }, 'api_error');
    writer.write(closeOpenParts(state, 'unknown'));
    writer.write(usageEvents(state, new Map()));
    return this.#commit(row, state, terminal, writer.seq + 1);
  }

  /** Returns the end that holds; null when it is for another one to decide. */
  async #commit(
    row: RunRow,
    state: RunState,
    terminal: TerminalBody,
    lastSeq: number,
  ): Promise<Decided | null> {
    const at = Date.now();
    const said = await this.store.round(row.id);
    const stored = await this.store.finish(
      row.id,
      row.epoch,
      {
        state: STATE_OF[terminal.type],
        terminal,
        usage: state.usage,
        lastSeq,
        releaseKey: false,
        ...(row.conversation_id !== null && {
          messages: [...said.messages.slice(0, 1), ...messagesOfRun(state)],
          nodes: nodesOfRun(state),
        }),
      },
      at,
    );
    if (stored) return { terminal, at };
    const found = await this.store.find(row, row.id);
    return found ? decidedBefore(found) : null;
  }
}

function decidedBefore({ terminal, ended_at }: RunRow): Decided | null {
  return terminal === null
    ? null
    : { terminal: JSON.parse(terminal) as TerminalBody, at: ended_at ?? undefined };
}

/** The last seq that is in the database, if not in the log. Of a temporary chat the log is all there is, whole or not. */
function vouchedSeq({ conversation_id, checkpoint_seq, last_seq }: RunRow): number {
  return conversation_id === null ? 0 : Math.max(checkpoint_seq ?? 0, (last_seq ?? 1) - 1);
}
