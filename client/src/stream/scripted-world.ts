import { formatPosition, parsePosition } from '../../../src/protocol/position.js';
import type { RunEvent } from '../../../src/protocol/run-event.js';
import type { RunSnapshot } from '../../../src/protocol/run-snapshot.js';
import type { StreamEnvironment } from './environment.js';
import type { ConnectionState, RunSink } from './run-follower.js';

/** A world for specs: a clock that stands until it is moved, no jitter, and a server that answers from a script. */
export class ScriptedWorld implements StreamEnvironment {
  readonly requests: { url: string; init: RequestInit }[] = [];
  readonly #answers: ((init: RequestInit) => Response | Promise<Response>)[] = [];
  readonly #timers = new Set<{ at: number; callback: () => void }>();
  readonly #wakers = new Set<() => void>();
  #now = 1_000_000;

  /** The next request gets this answer. A request beyond the script fails as an unreachable host does. */
  answer(...answers: (Response | ((init: RequestInit) => Response | Promise<Response>))[]): this {
    this.#answers.push(...answers.map((one) => (typeof one === 'function' ? one : () => one)));
    return this;
  }

  fetch = async (url: string, init: RequestInit): Promise<Response> => {
    this.requests.push({ url, init });
    const answer = this.#answers.shift();
    if (!answer) throw new TypeError('fetch failed');
    return answer(init);
  };

  header(request: number, name: string): string | null {
    return new Headers(this.requests[request]?.init.headers).get(name);
  }

  now = (): number => this.#now;
  random = (): number => 1;

  setTimer = (callback: () => void, ms: number): (() => void) => {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  onWake = (callback: () => void): (() => void) => {
    this.#wakers.add(callback);
    return () => this.#wakers.delete(callback);
  };

  get timers(): number {
    return this.#timers.size;
  }

  get listeners(): number {
    return this.#wakers.size;
  }

  wake(): void {
    for (const wake of [...this.#wakers]) wake();
  }

  /** Lets time pass without running timers, as a sleeping machine does. */
  sleep(ms: number): void {
    this.#now += ms;
  }

  /** Moves the clock and runs what comes due, in order. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
      await settle();
    }
    this.#now = until;
    await settle();
  }

  /** Frames of this world are the events themselves; the real codec has its own specs. */
  decoder: StreamEnvironment['decoder'] = () => ({
    decode: ({ id, data }) => {
      if (data === '[DONE]') return { events: [], done: true };
      const event = JSON.parse(data) as RunEvent | RunSnapshot | { type: 'unknown' };
      const position = parsePosition(id ?? '');
      if (event.type === 'unknown')
        return { events: [], done: false, ...(position && { skipped: position }) };
      return { events: [event], done: false };
    },
  });
}

/** Lets everything that is ready run, streams included. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Remembers what a follower told. */
export class RecordingSink implements RunSink {
  readonly runIds: string[] = [];
  readonly states: ConnectionState[] = [];
  readonly events: RunEvent[] = [];
  readonly snapshots: RunSnapshot[] = [];

  accepted(runId: string): void {
    this.runIds.push(runId);
  }
  apply(events: readonly RunEvent[]): void {
    this.events.push(...events);
  }
  replace(snapshot: RunSnapshot): void {
    this.snapshots.push(snapshot);
    this.events.length = 0;
  }
  connection(state: ConnectionState): void {
    this.states.push(state);
  }
  get seqs(): number[] {
    return this.events.map((event) => event.seq);
  }
}

export const RUN = '01JD0000000000000000000000';

/** A short run of chat: created, started, one text in `words` deltas, completed. */
export function chatRun(words: readonly string[], run_id = RUN): RunEvent[] {
  const step = { step_id: 'step-1' };
  const bodies = [
    { type: 'run.created', mode: 'chat', model: 'demo', conversation_id: 'c1' },
    { type: 'run.started', model: 'demo' },
    { type: 'step.started', ...step, index: 0, attempt: 1, model: 'demo' },
    { type: 'message.started', ...step, message_id: 'm1', role: 'assistant' },
    { type: 'text.started', ...step, part_id: 'p1', message_id: 'm1' },
    ...words.map((delta) => ({ type: 'text.delta', ...step, part_id: 'p1', delta })),
    { type: 'text.ended', ...step, part_id: 'p1' },
    { type: 'message.ended', ...step, message_id: 'm1' },
    { type: 'step.finished', ...step, finish_reason: 'stop' },
    { type: 'run.completed', finish_reason: 'stop' },
  ];
  return bodies.map((body, index) => {
    const envelope = { v: 1, run_id, epoch: 1, seq: index + 1 };
    return {
      ...envelope,
      ...(body.type.endsWith('.delta') ? {} : { ts: 1000 + index }),
      ...body,
    } as RunEvent;
  });
}

export function frameOf(event: RunEvent): string {
  return `id: ${formatPosition(event)}\ndata: ${JSON.stringify(event)}\n\n`;
}

export function streamHeaders(runId = RUN): Record<string, string> {
  return { 'content-type': 'text/event-stream; charset=utf-8', 'x-run-id': runId };
}

/** A streamed response that a spec writes, ends or breaks by hand. */
export class LiveResponse {
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly #encoder = new TextEncoder();
  cancelled = false;
  broken = false;
  readonly response: Response;

  constructor(headers: Record<string, string> = streamHeaders()) {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.cancelled = true;
      },
    });
    this.response = new Response(body, { headers });
  }

  /** Answers a request, and breaks when its signal aborts, as fetch does. */
  readonly answer = (init: RequestInit): Response => {
    init.signal?.addEventListener('abort', () => this.break());
    return this.response;
  };

  write(text: string | Uint8Array): void {
    this.#controller?.enqueue(typeof text === 'string' ? this.#encoder.encode(text) : text);
  }

  end(): void {
    this.#controller?.close();
  }

  break(): void {
    if (this.cancelled || this.broken) return;
    this.broken = true;
    this.#controller?.error(new TypeError('network error'));
  }
}

/** A response whose whole body is there at once. */
export function streamOf(text: string | Uint8Array): Response {
  return new Response(text as BodyInit, { headers: streamHeaders() });
}
