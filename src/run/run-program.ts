import type { Transaction } from 'kysely';
import type { Observable } from 'rxjs';
import type { Owner } from '../auth/owner.js';
import type { StoredMessage } from '../conversation/stored-message.js';
import type { ConversationTable, Database } from '../database/schema.js';
import type { EventOf, RunEventBody, RunMode } from '../protocol/run-event.js';

/** What happens when the last reader of a run leaves. */
export type DisconnectPolicy = 'continue' | 'cancel';

/** What happens to a run whose conversation still answers: it waits, is refused, or ends what answers and waits. */
export type BusyPolicy = 'queue' | 'reject' | 'interrupt';

/** The conversation of a run, and the run's place in it. */
export interface ConversationPlace {
  id: string;
  type: ConversationTable['type'];
  /** What it is called when it is new. */
  title: string;
  /** The run whose turn this one follows; null: none; absent: the last of the current branch. */
  afterRunId?: string | null;
  /** Default `queue`. */
  onBusy?: BusyPolicy;
}

/** What a running program is given. */
export interface RunContext {
  runId: string;
  owner: Owner;
  /** The number of this turn in its conversation. */
  round: number | undefined;
  /** The root of the run's abort tree: cancel, deadline and shutdown abort it, with their reason. */
  signal: AbortSignal;
  /** The same for a part of the work that is aborted by a signal of its own, which follows this one. */
  with(signal: AbortSignal): RunContext;
  /** Estimated input tokens of a model call, used when the call is cut before the provider told. */
  estimateInput(stepId: string, tokens: number): void;
  /**
   * What a step has said so far, of that which was emitted: the next one's request carries it. So whatever stands between a step and the
   * run must pass batches on at once.
   */
  textOf(stepId: string): string;
  /**
   * A write to the database besides the run's events, for what the run goes on from: under its fencing token, and for as long as the
   * database is away (keepUnderToken).
   */
  keep(write: (epoch: number) => Promise<boolean>): Promise<void>;
  /** What the run has come to, where that is more than its events. To be called before the work completes. */
  complete(result: RunResult): void;
}

/** The result of a graph. */
export type RunResult = Required<Pick<EventOf<'run.completed'>, 'final_result' | 'execution_chain'>>;

/** One piece of work that becomes a run: a turn of a chat or an agent, or a graph. */
export interface RunProgram {
  mode: RunMode;
  model: string;
  /** The agent that answers. */
  agentName?: string;
  /** The seed's class of errors on the wire. */
  errorType: string;
  owner: Owner;
  /** Absent for a temporary chat. */
  conversation?: ConversationPlace;
  /** What the user said; stored before the run begins. */
  messages: StoredMessage[];
  onDisconnect: DisconnectPolicy;
  idempotency?: {
    key: string;
    requestHash: string;
    /** What a retry reads: the run from its first event (default), or as it stands and what follows. */
    retryReads?: 'snapshot';
  };
  /** Stores what else must be there together with the run. */
  store?(db: Transaction<Database>, runId: string): Promise<void>;
  /**
   * The work itself, as batches of events in order. It never emits `run.*` or `usage` of scope `run`; those are the run's.
   * Completing means that the run completed; an error fails the run with what had been emitted kept.
   */
  execute(context: RunContext): Observable<readonly RunEventBody[]>;
  /** Called once the run has completed and its end is in the log: for what need not delay it. Must not throw. */
  completed?(): void;
}
