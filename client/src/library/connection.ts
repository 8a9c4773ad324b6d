import type { RunEvent } from '../../../src/protocol/run-event.js';
import type { RunSnapshot } from '../../../src/protocol/run-snapshot.js';
import { randomHex } from '../state/random-id.js';
import { cancelRun } from '../stream/api.js';
import type { StreamEnvironment } from '../stream/environment.js';
import { RunFollower, type FollowEnd, type FollowTarget } from '../stream/run-follower.js';
import { environmentOf } from './environment.js';
import type { RunStart, ServerOptions } from './options.js';

/** Who is told of a run: of its events in order, each once, and of snapshots, which replace all that came before. */
export interface RunReading {
  apply(events: readonly RunEvent[]): void;
  replace(snapshot: RunSnapshot): void;
}

/**
 * One run that is being read, over as many connections to the server as that takes. After a cut it comes back by itself, behind the last
 * event; a start that was cut is sent again under its Idempotency-Key, so that it happens once.
 */
export class Connection {
  readonly #follower: RunFollower;
  readonly #fetch: StreamEnvironment['fetch'];
  #runId: string | undefined;
  #isOpen = true;

  /** Resolves with the id of the run when the server has it, or with undefined when it never will: the start was refused, or closed. */
  readonly accepted: Promise<string | undefined>;
  /** Resolves when the run has ended or waits for people, when it was refused, or when the connection was closed. Never rejects. */
  readonly ended: Promise<FollowEnd>;

  constructor(start: RunStart, server: ServerOptions, reading: RunReading) {
    const world = environmentOf(server);
    this.#fetch = world.fetch;
    this.#runId = start.runId;
    const accepted = Promise.withResolvers<string | undefined>();
    this.accepted = accepted.promise;
    if (start.runId !== undefined) accepted.resolve(start.runId);
    this.#follower = new RunFollower(
      targetOf(start),
      {
        accepted: (runId) => {
          this.#runId = runId;
          accepted.resolve(runId);
        },
        // What arrives after somebody has closed it belongs to nobody.
        apply: (events) => this.#isOpen && reading.apply(events),
        replace: (snapshot) => this.#isOpen && reading.replace(snapshot),
        connection: (state) => this.#isOpen && server.onConnection?.(state),
      },
      world,
    );
    this.ended = this.#follower.follow().then((end) => {
      accepted.resolve(undefined);
      return end;
    });
  }

  get runId(): string | undefined {
    return this.#runId;
  }

  /** Stops reading. The run goes on. */
  close(): void {
    this.#isOpen = false;
    this.#follower.close();
  }

  /**
   * Ends the run, for all of its readers; one that the server does not have yet, as soon as it has it. Reading goes on to the end. Throws
   * ProblemError when the server refuses or cannot be reached.
   */
  async cancel(): Promise<void> {
    const runId = await this.accepted;
    if (runId !== undefined) await cancelRun(this.#fetch, runId);
  }
}

function targetOf(start: RunStart): FollowTarget {
  if (start.runId !== undefined) return { kind: 'resume', runId: start.runId };
  const { path = '/api/chat/completions', body, idempotencyKey = randomHex(16) } = start;
  return { kind: 'start', url: path, body: { ...body, stream: true }, idempotencyKey };
}
