import type { RunEvent } from '../../../src/protocol/run-event.js';
import type { SnapshotReason } from '../../../src/protocol/run-snapshot.js';
import { applyEvent } from '../../../src/protocol/apply-event.js';
import { emptyRunState, type RunState } from '../../../src/protocol/run-state.js';
import {
  emptyRunModel,
  epochOf,
  eventsAfter,
  gapOf,
  lastSeqOf,
  loseAll,
  type RunModel,
} from '../../../src/run/log/contract/model-state.js';
import { LOG_START, type LogCursor, type RunLog, type RunLogWriter } from '../../../src/run/log/run-log.js';
import { unpacked } from '../../../src/run/log/unpacked.js';

/** What the log of one run has acknowledged, kept apart from the log: what its readers are measured by. */
export class Truth {
  readonly model: RunModel;
  /** The state of the run at each position that ever was, also in epochs whose tail was lost. */
  readonly #states = new Map<string, string>();
  state: RunState;
  /** Every position, in the order in which they came to be. */
  readonly positions: LogCursor[] = [];
  /** Another instance than the writer's has opened, trimmed or dropped the log: the writer's hears of it a little later. */
  disturbed = false;

  /** The log of the run was lost while it worked: a bare seq may mean something else since. */
  hasLost = false;

  constructor(readonly runId: string) {
    this.model = emptyRunModel(runId);
    this.state = emptyRunState(runId);
  }

  get head(): LogCursor {
    return { epoch: epochOf(this.model), seq: lastSeqOf(this.model) };
  }

  /** The state of the run at a position, as JSON. Throws when there was no such position. */
  stateAt({ epoch, seq }: LogCursor): string {
    if (seq === 0) return JSON.stringify(emptyRunState(this.runId));
    const state = this.#states.get(`${epoch}.${seq}`);
    if (state === undefined) throw new Error(`there never was an event at ${epoch}.${seq}`);
    return state;
  }

  /** The positions after which the log can be read, the beginning included where it is held. */
  get held(): LogCursor[] {
    return [{ epoch: 1, seq: 0 }, ...this.positions].filter((at) => this.gap(at) === null);
  }

  /** Why a cursor cannot be served; null when it can. */
  gap(cursor: LogCursor): SnapshotReason | null {
    return gapOf(this.model, cursor);
  }

  opened(epoch: number, startSeq: number, after: LogCursor): void {
    const { model } = this;
    if (!model.exists || after.seq > lastSeqOf(model)) loseAll(model, after);
    model.exists = true;
    model.closed = false;
    model.epochs.push({ epoch, firstSeq: startSeq + 1 });
    this.#note({ epoch, seq: startSeq });
  }

  appended(events: readonly RunEvent[]): void {
    this.model.events.push(...events);
    for (const event of events) {
      applyEvent(this.state, event);
      this.#note({ epoch: event.epoch, seq: event.seq });
    }
  }

  /** The log has a base: the run so far is what that says, where the events before it are gone. */
  trimmed(at: LogCursor, state: RunState, reason: SnapshotReason): void {
    const { model } = this;
    if (!model.exists || at.seq + 1 < model.firstSeq) return;
    model.events = eventsAfter(model, at.seq);
    model.firstSeq = at.seq + 1;
    if (reason !== 'lost') return;
    this.state = structuredClone(state);
    this.#note(at);
  }

  dropped(): void {
    this.hasLost ||= !this.model.closed;
    Object.assign(this.model, { exists: false, closed: false, epochs: [], events: [], base: null });
  }

  #note(at: LogCursor): void {
    this.#states.set(`${at.epoch}.${at.seq}`, JSON.stringify(this.state));
    this.positions.push(at);
  }
}

/** A log that tells the truths of its runs what it has done, once it has done it. */
export function recorded(log: RunLog, truths: ReadonlyMap<string, Truth>): RunLog {
  return {
    async open(runId, after = LOG_START) {
      const writer = await log.open(runId, after);
      const truth = truths.get(runId);
      truth?.opened(writer.epoch, writer.startSeq, after);
      return truth ? recordedWriter(writer, truth) : writer;
    },
    read: (runId, after, options) => log.read(runId, after, options),
    readNow: (runId, after, options) => log.readNow?.(runId, after, options) ?? null,
    head: (runId) => log.head(runId),
    watch: (runId, advanced) => log.watch(runId, advanced),
    async trim(runId, snapshot) {
      const { epoch, through_seq: seq, state, reason } = snapshot;
      await log.trim(runId, snapshot);
      truths.get(runId)?.trimmed({ epoch, seq }, state, reason);
    },
    base: (runId) => log.base(runId),
    async drop(runId) {
      await log.drop(runId);
      truths.get(runId)?.dropped();
    },
  };
}

function recordedWriter(writer: RunLogWriter, truth: Truth): RunLogWriter {
  return {
    epoch: writer.epoch,
    startSeq: writer.startSeq,
    async append(events) {
      await writer.append(events);
      truth.appended(unpacked(events));
    },
    ...(writer.appendNow && {
      appendNow(events) {
        writer.appendNow!(events);
        truth.appended(unpacked(events));
      },
    }),
    async close() {
      await writer.close();
      truth.model.closed = true;
    },
  };
}
