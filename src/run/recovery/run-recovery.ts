import { Inject, Injectable, Logger } from '@nestjs/common';
import { messagesOfRun } from '../../conversation/messages-of-run.js';
import { applyEvent, emptyRunState, type RunState } from '../../protocol/run-state.js';
import { closeOpenParts } from '../close-open-parts.js';
import { RUN_LOG, type RunLog } from '../log/run-log.js';
import { RunInterrupted } from '../run-cancelled.js';
import { usageEvents } from '../run-usage.js';
import { RunWriter } from '../run-writer.js';
import { RunStore, type RunRow } from '../run.store.js';
import { snapshotFromLog, snapshotOf } from '../snapshot.js';
import { terminalEvent, type TerminalBody } from '../terminal-event.js';
import { CheckpointStore } from './checkpoint.store.js';

interface Survived {
  state: RunState;
  /** False when the checkpoints held more than the log. */
  logIsWhole: boolean;
  logHasEnded: boolean;
}

/**
 * Ends a run whose owner is gone: takes its token in the database, fences its log, folds what survives, closes what is open,
 * commits the text as interrupted and appends the terminal event. Tools are never run again. Doing it twice changes nothing.
 */
@Injectable()
export class RunRecovery {
  readonly #logger = new Logger(RunRecovery.name);

  constructor(
    private readonly store: RunStore,
    private readonly checkpoints: CheckpointStore,
    @Inject(RUN_LOG) private readonly log: RunLog,
  ) {}

  /** False when another instance was faster, or the run has ended. */
  async recover(row: RunRow, instanceId: string): Promise<boolean> {
    const epoch = await this.store.takeOver(row, instanceId);
    if (epoch === null) return false;
    const { state, logIsWhole, logHasEnded } = await this.#survivingState(row);
    const log = await this.log.open(row.id, {
      epoch: row.epoch,
      seq: Math.max(row.checkpoint_seq ?? 0, state.seq),
    });
    if (logHasEnded) {
      await log.close();
      return true;
    }
    if (!logIsWhole) {
      state.seq = log.startSeq;
      await this.log.trim(row.id, snapshotOf(structuredClone(state), log.epoch, 'lost'));
    }
    const writer = new RunWriter(row.id, log, { state });
    const ended = row.terminal === null ? null : (JSON.parse(row.terminal) as TerminalBody);
    const terminal = ended ?? (await this.#interrupt(row, epoch, writer));
    writer.write([terminal]);
    await writer.close();
    this.#logger.warn({ run_id: row.id }, 'A run whose owner was gone has been ended');
    return true;
  }

  /** What the log holds, or the checkpoints if those hold more. */
  async #survivingState(row: RunRow): Promise<Survived> {
    const state = emptyRunState(row.id);
    for (const event of await this.checkpoints.load(row.id)) applyEvent(state, event);
    const [snapshot, terminal] = (await snapshotFromLog(this.log, row.id, 'lost'))?.items ?? [];
    const inLog = snapshot?.type === 'run.snapshot' ? snapshot.state : null;
    if (!inLog || inLog.seq < state.seq) return { state, logIsWhole: false, logHasEnded: false };
    return { state: inLog, logIsWhole: true, logHasEnded: terminal !== undefined };
  }

  async #interrupt(row: RunRow, epoch: number, writer: RunWriter): Promise<TerminalBody> {
    const { state } = writer;
    const terminal = terminalEvent(state, { error: new RunInterrupted() }, 'api_error');
    writer.write(closeOpenParts(state, 'unknown'));
    writer.write(usageEvents(state, new Map()));
    const said = await this.store.messages(row.id);
    await this.store.finish(
      row.id,
      epoch,
      {
        state: 'interrupted',
        terminal,
        usage: state.usage,
        lastSeq: writer.seq + 1,
        releaseKey: false,
        ...(row.conversation_id !== null && { messages: [...said.slice(0, 1), ...messagesOfRun(state)] }),
      },
      Date.now(),
    );
    return terminal;
  }
}
