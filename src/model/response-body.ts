import type { IncomingMessage } from 'node:http';
import { incomingMessage } from './http-fetch.js';

export interface BodyObserver {
  bytes(chunk: Uint8Array): void;
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
  return message ? readMessage(message, observer) : readWebStream(response, observer);
}

function readMessage(message: IncomingMessage, observer: BodyObserver): BodySubscription {
  // Node's agent watches the silence of its sockets, which moves a timer for each read. Our clocks do that.
  message.socket.setTimeout(0);
  let open = true;
  const finish = (call: () => void) => {
    if (!open) return;
    open = false;
    call();
  };
  const onData = (chunk: Buffer) => {
    if (open) observer.bytes(chunk);
  };
  // Node's parser pushes what it has read, and the stream would hand that on with a tick and an event for each chunk (decision 11). The
  // end goes its way, because the connection is used again after it.
  const push = message.push.bind(message);
  message.push = (chunk: Buffer | null) => {
    if (chunk === null) return push(null);
    onData(chunk);
    return true;
  };
  // It makes the stream flow, and gets what was read before.
  message.on('data', onData);
  message.on('end', () => finish(() => observer.end()));
  message.on('error', (error) => finish(() => observer.cut(error)));
  message.on('close', () => finish(() => observer.cut(new Error('the connection was closed'))));
  return {
    close: () => {
      open = false;
      message.destroy();
    },
    release: () => {
      open = false;
      if (message.readableEnded) return;
      const timer = setTimeout(() => message.destroy(), RELEASE_MS).unref();
      message.once('close', () => clearTimeout(timer));
    },
  };
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
    }
  };
  pump().catch((error: unknown) => {
    if (open) observer.cut(error);
  });
  return { close, release: close };
}
