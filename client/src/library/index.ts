import type { RunEvent } from '../../../src/protocol/run-event.js';
import type { RunPart, RunState } from '../../../src/protocol/run-state.js';
import { RunFold } from '../state/run-fold.js';
import { Connection } from './connection.js';
import type { RunStart, ServerOptions } from './options.js';

/** What a front end hears of a run. `state` is the run so far: read it, and do not keep it, because the next event changes it. */
export interface RunListener {
  /** Each event, in order and once. */
  onEvent?(event: RunEvent, state: Readonly<RunState>): void;
  /** Once for all that came at one time: the parts (texts, tool calls, nodes) that are new or have changed. */
  onUpdate?(state: Readonly<RunState>, changed: ReadonlySet<RunPart>): void;
  /** The server had to tell the run anew: nothing that was read before counts. `onUpdate` follows. */
  onSnapshot?(state: Readonly<RunState>): void;
}

export type ConnectionOptions = ServerOptions & RunStart & RunListener;

/** A run that is being read, with its state. */
export class RunConnection extends Connection {
  readonly #fold: RunFold<RunPart>;

  constructor(options: ConnectionOptions) {
    const fold = new RunFold<RunPart>({ of: (part) => part });
    const update = (): void => options.onUpdate?.(fold.state, fold.take().blocks);
    super(options, options, {
      apply(events) {
        for (const event of events) {
          fold.apply(event);
          options.onEvent?.(event, fold.state);
        }
        update();
      },
      replace(snapshot) {
        fold.replace(snapshot);
        options.onSnapshot?.(fold.state);
        update();
      },
    });
    this.#fold = fold;
  }

  get state(): Readonly<RunState> {
    return this.#fold.state;
  }
}

/** Starts a run, or reads one that exists, and calls back as it goes on. See README.md. */
export function startConnection(options: ConnectionOptions): RunConnection {
  return new RunConnection(options);
}

/** Stops reading. The run goes on; `connection.cancel()` ends it. */
export function closeConnection(connection: Connection): void {
  connection.close();
}

export { Connection } from './connection.js';
export type { RunStart, ServerOptions } from './options.js';
export { ProblemError, type Problem } from '../stream/problem.js';
export type { ConnectionState, FollowEnd } from '../stream/run-follower.js';
export type { ChatRequestInput } from '../../../src/protocol/requests.js';
export type { EventOf, RunEvent, RunEventType, UsageCounts } from '../../../src/protocol/run-event.js';
export type {
  NodePart,
  RefusalPart,
  RunError,
  RunPart,
  RunPhase,
  RunState,
  TextPart,
  ToolCallPart,
} from '../../../src/protocol/run-state.js';
