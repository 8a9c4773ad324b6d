import { createParser } from 'eventsource-parser';

/** One event block of a server-sent event stream (WHATWG HTML §9.2.6). */
export interface SseFrame {
  id?: string;
  data: string;
}

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
  let frames: SseFrame[] = [];
  const parser = createParser({ onEvent: ({ id, data }) => frames.push({ id, data }) });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes();
      parser.feed(decoder.decode(value, { stream: true }));
      if (frames.length === 0) continue;
      const batch = frames;
      frames = [];
      yield batch;
    }
  } finally {
    reader.cancel().catch(ignore);
  }
}

function ignore(): void {
  // The body has failed or ended already: there is nothing left to close.
}
