import type { RunEvent } from '../../../src/protocol/run-event.js';
import type { RunSnapshot } from '../../../src/protocol/run-snapshot.js';
import { isEnded } from '../../../src/protocol/run-state.js';
import type { DecodedFrame } from '../../../src/protocol/native-codec.js';
import type { FrameDecoder } from './environment.js';
import { isTransient, readProblem, type Problem } from './problem.js';
import type { RunCursor } from './run-cursor.js';
import { readFrames } from './sse-frames.js';

export type ReadEnd =
  | { kind: 'terminal' }
  | { kind: 'suspended' }
  | { kind: 'refused'; problem: Problem }
  /** Anything else: there may be more to read. */
  | { kind: 'cut'; problem?: Problem; retryAfterMs?: number };

export interface ReadListener {
  opened(): void;
  bytes(): void;
  apply(events: readonly RunEvent[]): void;
  replace(snapshot: RunSnapshot): void;
}

/**
 * Reads one response of a run until the run or the response ends. Events are put in order by the cursor, and are given as
 * one batch for each read of the socket. Throws what the body throws.
 */
export async function readRun(
  response: Response,
  cursor: RunCursor,
  decoder: FrameDecoder,
  listener: ReadListener,
): Promise<ReadEnd> {
  // 204 answers a cursor that already stands at the run's last event.
  if (response.status === 204) return { kind: 'terminal' };
  if (!response.ok) return refuse(await readProblem(response));
  if (!response.body || !isEventStream(response)) {
    const problem = { status: response.status, code: 'not_a_stream', detail: '', retryable: true };
    return { kind: 'cut', problem };
  }
  listener.opened();
  const batch = new Batch(cursor, listener);
  for await (const frames of readFrames(response.body, () => listener.bytes())) {
    let end: ReadEnd | undefined;
    for (const frame of frames) {
      end = batch.take(decoder.decode(frame));
      if (end) break;
    }
    batch.flush();
    if (end) return end;
  }
  return { kind: 'cut' };
}

/** Collects the events that are next in order. */
class Batch {
  readonly #cursor: RunCursor;
  readonly #listener: ReadListener;
  #events: RunEvent[] = [];
  #suspended = false;

  constructor(cursor: RunCursor, listener: ReadListener) {
    this.#cursor = cursor;
    this.#listener = listener;
  }

  /** Gives how the reading ends, when this frame ends it. */
  take(frame: DecodedFrame): ReadEnd | undefined {
    if (frame.skipped && this.#cursor.skip(frame.skipped) === 'gap') return { kind: 'cut' };
    for (const event of frame.events) {
      const end = event.type === 'run.snapshot' ? this.#replace(event) : this.#next(event);
      if (end) return end;
    }
    if (!frame.done) return undefined;
    return this.#suspended ? { kind: 'suspended' } : { kind: 'cut' };
  }

  flush(): void {
    if (this.#events.length === 0) return;
    this.#listener.apply(this.#events);
    this.#events = [];
  }

  #next(event: RunEvent): ReadEnd | undefined {
    const order = this.#cursor.take(event);
    if (order === 'gap') return { kind: 'cut' };
    if (order === 'seen') return undefined;
    this.#events.push(event);
    this.#suspended = event.type === 'run.suspended';
    return isTerminal(event) ? { kind: 'terminal' } : undefined;
  }

  #replace(snapshot: RunSnapshot): ReadEnd | undefined {
    if (!this.#cursor.replace(snapshot)) return { kind: 'cut' };
    this.flush();
    this.#listener.replace(snapshot);
    this.#suspended = snapshot.state.phase === 'suspended';
    return isEnded(snapshot.state.phase) ? { kind: 'terminal' } : undefined;
  }
}

function refuse(problem: Problem): ReadEnd {
  if (!isTransient(problem.status)) return { kind: 'refused', problem };
  return { kind: 'cut', problem, retryAfterMs: problem.retryAfterMs };
}

/** As in run-event.ts, whose schemas (and with them zod) must not come into the browser. */
function isTerminal({ type }: RunEvent): boolean {
  return (
    type === 'run.completed' ||
    type === 'run.failed' ||
    type === 'run.cancelled' ||
    type === 'run.interrupted'
  );
}

function isEventStream(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
}
