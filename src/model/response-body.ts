import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { incomingMessage } from './http-fetch.js';
import { tellReads, type SocketReader } from './socket-reads.js';

export interface BodyObserver {
  /** A part of the body, to be read until this returns. More may follow at once, until `read`. */
  bytes(chunk: Uint8Array): void;
  /** All that came at once was given. */
  read(): void;
  /** The body is complete. */
  end(): void;
  /** The connection broke. Nothing follows. */
  cut(error: unknown): void;
}

export interface BodySubscription {
  /** Closes the socket at once. Nothing is observed after it. */
  close(): void;
  /** Nothing more is wanted, but the end is near: lets the body end, so that the connection can serve the next step. */
  release(): void;
}

/** How long a body may take to end after its last event. */
const RELEASE_MS = 1000;

/** Reads the body of a streamed answer. The observer is called as bytes arrive, never before this function returns. */
export function readBody(response: Response, observer: BodyObserver): BodySubscription {
  const message = incomingMessage(response);
  return message ? new MessageBody(message, observer) : readWebStream(response, observer);
}

/** Its `then` is a microtask, which comes before the next read of the socket. */
const settled = Promise.resolve();

class MessageBody implements BodySubscription, SocketReader {
  #open = true;
  readonly #tellsReads: boolean;
  #readPlanned = false;

  constructor(
    private readonly message: IncomingMessage,
    private readonly observer: BodyObserver,
  ) {
    // Node's agent watches the silence of its sockets, which moves a timer for each read. Our clocks do that.
    message.socket.setTimeout(0);
    // Of an answer that is complete already the socket may be another's soon.
    this.#tellsReads = !message.complete && tellReads(message.socket, this);
    // Node's parser pushes what it has read, and the stream would hand that on with a tick and an event for each chunk (decision 11). The
    // end goes its way, because the connection is used again after it.
    message.push = (chunk: Buffer | null) => {
      if (chunk === null) {
        tellReads(message.socket);
        return Readable.prototype.push.call(message, null);
      }
      // One read of the socket may hold many chunks of HTTP.
      this.#give(chunk);
      if (!this.#tellsReads) this.#readSoon();
      return true;
    };
    // It makes the stream flow, and gets what was read before.
    message.on('data', (chunk: Buffer) => {
      this.#give(chunk);
      this.#readSoon();
    });
    message.on('end', () => {
      if (this.#ends()) this.observer.end();
    });
    message.on('error', (error) => this.#cut(error));
    message.on('close', () => this.#cut());
  }

  close(): void {
    this.#open = false;
    this.message.destroy();
  }

  release(): void {
    this.#open = false;
    if (this.message.readableEnded) return;
    const timer = setTimeout(() => this.message.destroy(), RELEASE_MS).unref();
    this.message.once('close', () => clearTimeout(timer));
  }

  socketBytes(part: Buffer): void {
    this.#give(part);
  }

  socketRead(): void {
    if (this.#open) this.observer.read();
  }

  /** Where no read of the socket is told of: after all that is given at once. */
  #readSoon(): void {
    if (this.#readPlanned) return;
    this.#readPlanned = true;
    void settled.then(() => {
      this.#readPlanned = false;
      this.socketRead();
    });
  }

  #give(chunk: Buffer): void {
    if (this.#open) this.observer.bytes(chunk);
  }

  #cut(error?: unknown): void {
    if (this.#ends()) this.observer.cut(error ?? new Error('the connection was closed'));
  }

  #ends(): boolean {
    const wasOpen = this.#open;
    this.#open = false;
    return wasOpen;
  }
}

function readWebStream(response: Response, observer: BodyObserver): BodySubscription {
  const reader = (
    response.body ?? new Blob([]).stream()
  ).getReader() as ReadableStreamDefaultReader<Uint8Array>;
  let open = true;
  const close = () => {
    open = false;
    reader.cancel().catch(() => undefined);
  };
  const pump = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (!open) return;
      if (done) return observer.end();
      observer.bytes(value);
      if (open) observer.read();
    }
  };
  pump().catch((error: unknown) => {
    if (open) observer.cut(error);
  });
  return { close, release: close };
}
