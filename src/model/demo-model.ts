import { setTimeout as wait } from 'node:timers/promises';
import { demoAnswer } from './demo/answer.js';
import { demoChunks } from './demo/chunks.js';
import { seededRandom } from './demo/seeded-random.js';
import type { DemoRequest } from './demo/types.js';

export interface DemoPace {
  /** The shortest and the longest wait before a chunk; 0 for both means none. */
  minMs: number;
  maxMs: number;
}

/**
 * The built-in demo model, as a `fetch` for the `openai` package: it answers every request with the byte stream of an
 * OpenAI-compatible provider, so that all of Millrace runs without a key or a network. It is scripted and says so.
 * The same messages and tools give the same chunks. Cancelling the body ends it.
 */
export function demoFetch(pace: DemoPace = { minMs: 15, maxMs: 25 }): typeof fetch {
  return (_input, init) => {
    const request = JSON.parse(init?.body as string) as DemoRequest;
    const random = seededRandom(JSON.stringify(request.messages));
    const chunks = demoChunks(demoAnswer(request.messages, request.tools ?? []), request, random);
    const nextWait = () => pace.minMs + Math.round(random() * (pace.maxMs - pace.minMs));
    const body = pacedStream(chunks, nextWait);
    return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
  };
}

/** The events, one a pull, each after its wait. Nothing is made ahead of the reader but one event. */
function pacedStream(events: Iterator<string, void>, nextWait: () => number): ReadableStream<Uint8Array> {
  const cancelled = new AbortController();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const event = events.next();
      if (event.done) return controller.close();
      const ms = nextWait();
      if (ms > 0) await wait(ms, undefined, { signal: cancelled.signal });
      controller.enqueue(encoder.encode(event.value));
    },
    cancel: () => cancelled.abort(),
  });
}
