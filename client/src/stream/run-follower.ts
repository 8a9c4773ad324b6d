import type { RunEvent } from '../../../src/protocol/run-event.js';
import type { RunSnapshot } from '../../../src/protocol/run-snapshot.js';
import { backoff } from './backoff.js';
import type { StreamEnvironment } from './environment.js';
import type { Problem } from './problem.js';
import { readRun, type ReadEnd } from './read-run.js';
import { RunCursor } from './run-cursor.js';
import { Watchdog } from './watchdog.js';

/** What is followed: a run that a POST is to start, or one that exists already, from its beginning. */
export type FollowTarget =
  { kind: 'start'; url: string; body: unknown; idempotencyKey: string } | { kind: 'resume'; runId: string };

export type ConnectionState =
  /** `attempt` counts the failures in a row before this one. */
  | { kind: 'connecting'; attempt: number }
  | { kind: 'open' }
  /** The connection is gone; attempt `attempt` follows in `delayMs`. */
  | { kind: 'waiting'; attempt: number; delayMs: number };

/** Who hears of a run. Events come in order, each once; a snapshot replaces everything that came before it. */
export interface RunSink {
  /** The server has the run: from here on nothing is lost by leaving. */
  accepted(runId: string): void;
  apply(events: readonly RunEvent[]): void;
  replace(snapshot: RunSnapshot): void;
  connection(state: ConnectionState): void;
}

export type FollowEnd =
  | { kind: 'terminal' }
  | { kind: 'suspended' }
  /** The server said no, and asking again would not help. */
  | { kind: 'refused'; problem: Problem }
  | { kind: 'closed' };

/** A server that fails a start is asked this many times; one that cannot be reached, until somebody closes the follower. */
const MAX_START_REFUSALS = 3;
/** A connection that held this long was a good one, even if nothing happened on it (a slow tool behind a rotation). */
const GOOD_CONNECTION_MS = 10_000;

/**
 * Reads one run to its end over as many connections as that takes. After a cut it resumes behind the last event it has
 * seen; a start that was cut before the server answered is sent again under the same Idempotency-Key, so it happens once.
 */
export class RunFollower {
  readonly #target: FollowTarget;
  readonly #sink: RunSink;
  readonly #world: StreamEnvironment;
  readonly #cursor: RunCursor;
  #failures = 0;
  #startRefusals = 0;
  #accepted: boolean;
  #closed = false;
  #interrupt: (() => void) | undefined;
  #wake: (() => void) | undefined;

  constructor(target: FollowTarget, sink: RunSink, world: StreamEnvironment) {
    this.#target = target;
    this.#sink = sink;
    this.#world = world;
    this.#accepted = target.kind === 'resume';
    this.#cursor = new RunCursor(target.kind === 'resume' ? target.runId : undefined);
  }

  get runId(): string | undefined {
    return this.#cursor.runId;
  }

  /** Stops reading. The run itself goes on. */
  close(): void {
    this.#closed = true;
    this.#interrupt?.();
  }

  /** Resolves when the run ended, was refused, or `close` was called. Never rejects. */
  async follow(): Promise<FollowEnd> {
    const stopListening = this.#world.onWake(() => this.#wake?.());
    try {
      while (!this.#closed) {
        const end = await this.#attempt();
        if (end.kind !== 'cut') return end;
        if (this.#closed) break;
        const delayMs = Math.max(backoff(this.#failures, this.#world.random), end.retryAfterMs ?? 0);
        this.#sink.connection({ kind: 'waiting', attempt: this.#failures, delayMs });
        if (delayMs > 0) await this.#wait(delayMs);
      }
      return { kind: 'closed' };
    } finally {
      stopListening();
    }
  }

  async #attempt(): Promise<ReadEnd> {
    const before = this.#cursor.lastEventId;
    const controller = new AbortController();
    const watchdog = new Watchdog(this.#world, () => controller.abort());
    const startedAt = this.#world.now();
    let opened = false;
    this.#interrupt = () => controller.abort();
    this.#wake = () => watchdog.check();
    let end: ReadEnd;
    try {
      this.#sink.connection({ kind: 'connecting', attempt: this.#failures });
      const response = await this.#open(controller.signal);
      watchdog.feed();
      this.#acceptFrom(response);
      end = await readRun(response, this.#cursor, this.#world.decoder(), {
        opened: () => {
          opened = true;
          this.#sink.connection({ kind: 'open' });
        },
        bytes: () => watchdog.feed(),
        apply: (events) => {
          this.#accept();
          this.#sink.apply(events);
        },
        replace: (snapshot) => {
          this.#accept();
          this.#sink.replace(snapshot);
        },
      });
    } catch {
      // Whatever broke the connection, the answer is the same: come back and go on behind the last event.
      end = { kind: 'cut' };
    } finally {
      watchdog.stop();
      controller.abort();
      this.#interrupt = undefined;
      this.#wake = undefined;
    }
    const held = opened && this.#world.now() - startedAt >= GOOD_CONNECTION_MS;
    if (held || this.#cursor.lastEventId !== before) this.#failures = 0;
    this.#failures += 1;
    return this.#giveUpStart(end);
  }

  #open(signal: AbortSignal): Promise<Response> {
    const target = this.#target;
    const runId = this.#cursor.runId;
    if (target.kind === 'start' && runId === undefined) {
      return this.#world.fetch(target.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream',
          'idempotency-key': target.idempotencyKey,
          'x-stream-resume': '1',
        },
        body: JSON.stringify(target.body),
        signal,
      });
    }
    const lastEventId = this.#cursor.lastEventId;
    return this.#world.fetch(`/api/runs/${encodeURIComponent(runId ?? '')}/events`, {
      headers: {
        accept: 'text/event-stream',
        'x-stream-resume': '1',
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
      cache: 'no-store',
      signal,
    });
  }

  #acceptFrom(response: Response): void {
    const runId = response.ok ? response.headers.get('x-run-id') : null;
    if (runId === null) return;
    this.#cursor.name(runId);
    this.#accept();
  }

  #accept(): void {
    const runId = this.#cursor.runId;
    if (this.#accepted || runId === undefined) return;
    this.#accepted = true;
    this.#sink.accepted(runId);
  }

  #giveUpStart(end: ReadEnd): ReadEnd {
    if (end.kind !== 'cut' || end.problem === undefined || this.#cursor.runId !== undefined) return end;
    this.#startRefusals += 1;
    if (this.#startRefusals < MAX_START_REFUSALS) return end;
    return { kind: 'refused', problem: end.problem };
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancelTimer();
        this.#interrupt = undefined;
        this.#wake = undefined;
        resolve();
      };
      const cancelTimer = this.#world.setTimer(done, delayMs);
      this.#interrupt = done;
      this.#wake = done;
    });
  }
}
