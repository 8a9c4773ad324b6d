import { SseParser, type SseFrame } from './sse-parser.js';

/**
 * Reads a body as server-sent events and gives what each read of the socket completed, in order. A block that the body's
 * end cuts off is dropped, as the specification says. `onBytes` is called for every read, heartbeats included.
 *
 * Throws what the body throws (a broken connection, an abort). Leaving the loop closes the body.
 */
export async function* readFrames(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void,
): AsyncGenerator<readonly SseFrame[], void, undefined> {
  const parser = new SseParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes();
      const frames = parser.feed(decoder.decode(value, { stream: true }));
      if (frames.length > 0) yield frames;
    }
  } finally {
    reader.cancel().catch(ignore);
  }
}

function ignore(): void {
  // The body has failed or ended already: there is nothing left to close.
}
