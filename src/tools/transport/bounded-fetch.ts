import { completeCutMessage, responseId } from './cut-message.js';
import { LineLimiter } from './line-limiter.js';
import type { LimitedLine } from './line-limiter.js';

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** The JSON-RPC error code (of those for implementations) of a request whose connection ended before its answer. */
export const CONNECTION_ENDED = -32_098;

/** The most of an error page, or of any other body that is no message, that is read. */
const OTHER_LIMIT = 64 * 1024;
const EDGE = 256;

/**
 * A `fetch` for MCP over HTTP that holds at most `messageLimit` bytes of one message: a larger answer is cut, as on stdio. It
 * also ends a stream that breaks off before the answer with an error for its request, which would else wait for its time-out.
 */
export function boundedFetch(messageLimit: number, base: Fetch = fetch): Fetch {
  return async (url, init) => {
    const response = await base(url, init);
    if (!response.body) return response;
    const type = response.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
    if (response.ok && type === 'text/event-stream') {
      const stream = new EventStreamLimiter(
        messageLimit,
        init?.method === 'POST' ? requestId(init.body) : undefined,
      );
      return withBody(response, stream.limit(response.body));
    }
    if (response.ok && type === 'application/json') {
      return withBody(response, await limitedJson(response.body, messageLimit));
    }
    return withBody(response, firstBytes(response.body, OTHER_LIMIT));
  };
}

function withBody(response: Response, body: string | ReadableStream<Uint8Array>): Response {
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  headers.delete('content-encoding');
  const { status, statusText } = response;
  const limited = new Response(body, { status, statusText, headers });
  // The package compares it with the address that it asked for.
  Object.defineProperty(limited, 'url', { value: response.url });
  return limited;
}

function requestId(body: unknown): number | undefined {
  if (typeof body !== 'string') return undefined;
  const message = JSON.parse(body) as { id?: unknown; method?: unknown };
  return typeof message.id === 'number' && typeof message.method === 'string' ? message.id : undefined;
}

async function limitedJson(body: ReadableStream<Uint8Array>, limit: number): Promise<string> {
  const held: Buffer[] = [];
  let size = 0;
  let tail = Buffer.alloc(0);
  for await (const chunk of body) {
    const room = Math.max(0, limit - size);
    if (room > 0) held.push(Buffer.from(chunk.subarray(0, room)));
    size += chunk.length;
    tail = Buffer.concat([tail, chunk.subarray(-EDGE)]).subarray(-EDGE);
  }
  const text = Buffer.concat(held).toString('utf8');
  if (size <= limit) return text;
  return completeCutMessage(text, tail.toString('utf8')) ?? '{}';
}

function firstBytes(body: ReadableStream<Uint8Array>, limit: number): ReadableStream<Uint8Array> {
  let size = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(chunk.subarray(0, Math.max(0, limit - size)));
        size += chunk.length;
        if (size >= limit) controller.terminate();
      },
    }),
  );
}

/** One Server-Sent Events body, line by line (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream). */
class EventStreamLimiter {
  private readonly lines: LineLimiter;
  private readonly encoder = new TextEncoder();
  private eventBytes = 0;
  private answered = false;
  private resumable = false;

  constructor(
    private readonly messageLimit: number,
    private readonly request: number | undefined,
  ) {
    this.lines = new LineLimiter(messageLimit);
  }

  limit(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const { done, value } = await reader.read().catch(() => ({ done: true as const, value: undefined }));
        if (!done) {
          controller.enqueue(this.encode(this.lines.push(value)));
          return;
        }
        controller.enqueue(this.encoder.encode(this.ending()));
        controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    });
  }

  private encode(lines: readonly LimitedLine[]): Uint8Array {
    return this.encoder.encode(lines.map((line) => this.limitLine(line)).join(''));
  }

  private limitLine(line: LimitedLine): string {
    const text = line.cut ? line.head : line.text;
    if (text === '' || text === '\r') this.eventBytes = 0;
    if (/^id:\s*\S/.test(text)) this.resumable = true;
    if (!text.startsWith('data:')) return line.cut ? '' : `${text}\n`;

    const data = text.slice(5);
    this.eventBytes += data.length;
    // An event of many long lines is no message that anyone sends; its rest is left out, so that it cannot be parsed.
    if (this.eventBytes > this.messageLimit * 2) return '';
    const tail = line.cut ? line.tail : data.slice(-EDGE);
    if (this.request !== undefined && responseId(data.slice(0, EDGE), tail) === this.request)
      this.answered = true;
    if (!line.cut) return `${text}\n`;
    const whole = completeCutMessage(data, tail);
    return whole === undefined ? '' : `data: ${whole}\n`;
  }

  /** A stream with event ids is resumed by the package; any other that ends too early will never answer. */
  private ending(): string {
    if (this.request === undefined || this.answered || this.resumable) return '';
    const error = { code: CONNECTION_ENDED, message: 'The connection ended before the answer.' };
    return `\n\ndata: ${JSON.stringify({ jsonrpc: '2.0', id: this.request, error })}\n\n`;
  }
}
