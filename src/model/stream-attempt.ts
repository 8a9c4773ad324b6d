import { MillraceError } from '../protocol/error-code.js';
import { AttemptFailure } from './attempt-failure.js';
import { ChatStreamReader } from './chat-stream-reader.js';
import type { ModelDelta } from './model-client.js';
import { readBody } from './response-body.js';
import type { BodyObserver, BodySubscription } from './response-body.js';
import { SilenceClock } from './silence-clock.js';

export interface ModelClocks {
  /** From the request to the first event. */
  firstChunkMs: number;
  /** Between two events. Comments are not events: a provider that only says that it is busy is silent. */
  gapMs: number;
}

/** Gets what comes of an attempt, and then one of its two ends. It is never called from inside of `start`. */
export interface AttemptSink {
  deltas(deltas: readonly ModelDelta[]): void;
  ended(): void;
  /** With an AttemptFailure, or with a fault of ours as it is. */
  failed(failure: unknown): void;
}

/** How long to wait for a usage chunk after the finish reason, if the provider leaves the stream open. */
const DRAIN_MS = 5000;

/**
 * Makes one request and reads its stream to the end.
 *
 * Once the provider has given its finish reason the answer is whole, so a broken connection, a silence or garbage after that only ends
 * it. An object of its own and no Observable, because a retry would put another subscriber between the socket and the run, for each chunk.
 */
export class StreamAttempt implements BodyObserver {
  /** Of the request, until its answer comes: then the body closes the socket. */
  #abort: AbortController | undefined = new AbortController();
  readonly #clock = new SilenceClock();
  readonly #reader: ChatStreamReader;
  #body: BodySubscription | undefined;
  #draining = false;
  #over = false;

  constructor(
    private readonly clocks: ModelClocks,
    private readonly sink: AttemptSink,
    secrets: readonly string[] = [],
  ) {
    this.#reader = new ChatStreamReader(secrets);
  }

  /** `open` makes the request; its signal aborts it. */
  start(open: (signal: AbortSignal) => Promise<Response>): void {
    this.#clock.restart(this.clocks.firstChunkMs, () => this.#fail(new MillraceError('first_chunk_timeout')));
    open(this.#abort!.signal)
      .then((response) => {
        this.#abort = undefined;
        this.#body = readBody(response, this);
        if (this.#over) this.#body.close();
      })
      .catch((error: unknown) => this.#fail(error));
  }

  /** Closes the socket at once, unless the answer is whole. Nothing is told after it. */
  stop(): void {
    if (!this.#over) this.#finish();
  }

  bytes(chunk: Uint8Array): void {
    const reader = this.#reader;
    const eventsBefore = reader.events;
    try {
      reader.push(chunk);
    } catch (error) {
      return this.#endOrFail(error);
    }
    if (reader.done) return this.end();
    if (reader.events > eventsBefore) this.#watch(eventsBefore === 0);
  }

  /** What came at once goes out as one. */
  read(): void {
    this.#flush();
  }

  end(): void {
    if (this.#over) return;
    try {
      this.#reader.end();
    } catch (error) {
      return this.#fail(error);
    }
    this.#flush();
    if (this.#finish()) this.sink.ended();
  }

  cut(error: unknown): void {
    this.#endOrFail(new MillraceError('upstream_cut', { cause: error }));
  }

  #flush(): void {
    if (this.#over) return;
    const deltas = this.#reader.take();
    if (deltas.length === 0) return;
    try {
      this.sink.deltas(deltas);
    } catch (error) {
      // Its caller is a socket: what it throws would end the process.
      this.#fail(error);
    }
  }

  #watch(isFirst: boolean): void {
    const { gapMs } = this.clocks;
    if (this.#reader.finished && !this.#draining) {
      this.#draining = true;
      this.#clock.restart(Math.min(DRAIN_MS, gapMs), () => this.end());
    } else if (isFirst) {
      this.#clock.restart(gapMs, () => this.#fail(new MillraceError('chunk_gap_timeout')));
    } else {
      this.#clock.touch();
    }
  }

  #endOrFail(error: unknown): void {
    if (this.#reader.finished) this.end();
    else this.#fail(error);
  }

  #fail(error: unknown): void {
    this.#flush();
    if (this.#finish()) this.sink.failed(AttemptFailure.from(error));
  }

  /** False when it was over before, which may have come of what it told. */
  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#clock.stop();
    if (this.#reader.done) this.#body?.release();
    else {
      this.#body?.close();
      this.#abort?.abort();
    }
    return true;
  }
}
