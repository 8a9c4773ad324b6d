import { once } from 'node:events';
import {
  Agent,
  request,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { createParser } from 'eventsource-parser';

/** One frame as it stood on the wire. */
export interface WireFrame {
  id?: string;
  retry?: number;
  data: string;
  /** All of its text, the blank line included. */
  raw: string;
}

export interface SseRequest {
  method?: 'GET' | 'POST' | 'HEAD';
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
}

/** Fields in the order id, retry, data; one data line with the space; LF only; nothing else. */
const FRAME = /^(?:id: ([A-Za-z0-9._-]{1,128})\n)?(?:retry: ([0-9]+)\n)?data: ([^\r\n]+)\n\n/;
const HEARTBEAT = ': hb\n';

/**
 * A strict reader of event streams, for tests: it takes nothing but the frames and heartbeats that the framer rules allow
 * (design §6), byte by byte, and checks that `eventsource-parser` understands the same. Each has a connection of its own.
 */
export class SseReader {
  readonly frames: WireFrame[] = [];
  /** The frames that were complete before each heartbeat. */
  readonly heartbeats: number[] = [];
  /** When each chunk of bytes came, with the text of it. */
  readonly chunks: { at: number; text: string }[] = [];
  text = '';
  /** How the response ended: at its end, or cut. Undefined while it is open. */
  end: 'clean' | 'cut' | undefined;
  #unread = '';
  #parsed: { id?: string; data: string }[] = [];
  #taken = 0;
  #changed: (() => void)[] = [];
  #fault: Error | undefined;

  private constructor(
    private readonly outgoing: ClientRequest,
    private readonly incoming: IncomingMessage,
    stalled: boolean,
  ) {
    if (!stalled) this.read();
  }

  /** Sends the request; resolves with the headers. A stalled reader takes no byte of the body until `read` is called. */
  static async open(
    url: string,
    { method = 'GET', headers = {}, body }: SseRequest = {},
    stalled = false,
  ): Promise<SseReader> {
    const json = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = request(url, {
      method,
      agent: new Agent({ keepAlive: false }),
      headers: { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers },
    });
    outgoing.end(json);
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    outgoing.on('error', () => undefined);
    return new SseReader(outgoing, incoming, stalled);
  }

  get status(): number {
    return this.incoming.statusCode ?? 0;
  }

  get headers(): IncomingHttpHeaders {
    return this.incoming.headers;
  }

  get runId(): string {
    return String(this.headers['x-run-id']);
  }

  /** The data of the frames read so far, parsed; `[DONE]` is the text. */
  get items(): (Record<string, unknown> | '[DONE]')[] {
    return this.frames.map(({ data }) => (data === '[DONE]' ? data : JSON.parse(data)));
  }

  /** The id of the last frame that had one. */
  get lastId(): string {
    return this.frames.findLast(({ id }) => id !== undefined)?.id ?? '';
  }

  /** Begins to read the body. */
  read(): void {
    const { incoming } = this;
    const isStream = String(this.headers['content-type']).startsWith('text/event-stream');
    const parser = createParser({
      onEvent: ({ id, data }) => this.#parsed.push({ id, data }),
      onError: (error) => (this.#fault = error),
    });
    incoming.setEncoding('utf8');
    incoming.on('data', (text: string) => {
      this.chunks.push({ at: performance.now(), text });
      this.text += text;
      if (isStream) {
        parser.feed(text);
        this.#unread += text;
        this.#takeFrames();
      }
      this.#wake();
    });
    incoming.on('end', () => this.#finish(incoming.complete ? 'clean' : 'cut'));
    incoming.on('error', () => this.#finish('cut'));
    incoming.on('close', () => this.#finish('cut'));
  }

  /** Stops taking bytes from the socket, until `resume`. */
  pause(): void {
    this.incoming.pause();
  }

  resume(): void {
    this.incoming.resume();
  }

  /** The next frame, or null when the response has ended. */
  async next(): Promise<WireFrame | null> {
    await this.#until(() => this.frames.length > this.#taken || this.end !== undefined);
    return this.frames[this.#taken++] ?? null;
  }

  /** Resolves when a frame matches (also an earlier one), and rejects when the response ends without. */
  async frame(matches: (item: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    const find = () =>
      this.items.find((item): item is Record<string, unknown> => item !== '[DONE]' && matches(item));
    await this.#until(() => find() !== undefined || this.end !== undefined);
    const found = find();
    if (!found) throw new Error(`the response ended before the frame came:\n${this.text.slice(-2000)}`);
    return found;
  }

  /** Resolves when at least this many frames came. */
  async count(frames: number): Promise<void> {
    await this.#until(() => this.frames.length >= frames || this.end !== undefined);
    if (this.frames.length < frames) throw new Error(`only ${this.frames.length} of ${frames} frames came`);
  }

  /** Resolves with the text when it holds at least this many heartbeats. */
  async heartbeat(count = 1): Promise<void> {
    await this.#until(() => this.heartbeats.length >= count || this.end !== undefined);
    if (this.heartbeats.length < count) throw new Error('the response ended before the heartbeat');
  }

  /** Reads to the end, which must be clean, and gives all frames. Checks them against `eventsource-parser`. */
  async toEnd(): Promise<WireFrame[]> {
    await this.#until(() => this.end !== undefined);
    if (this.end !== 'clean') throw new Error(`the response was cut:\n${this.text.slice(-2000)}`);
    if (this.#unread !== '') throw new Error(`not a whole frame at the end: ${JSON.stringify(this.#unread)}`);
    const seen = this.#parsed.map(({ data }) => data);
    const written = this.frames.map(({ data }) => data);
    if (JSON.stringify(seen) !== JSON.stringify(written))
      throw new Error('eventsource-parser reads the stream in another way');
    return this.frames;
  }

  /** Resolves when the response has ended, in whatever way. */
  async over(): Promise<'clean' | 'cut'> {
    await this.#until(() => this.end !== undefined);
    return this.end!;
  }

  /** Closes the connection. */
  leave(): void {
    this.outgoing.destroy();
  }

  /** Resets the connection (RST). */
  reset(): void {
    this.incoming.socket.resetAndDestroy();
  }

  #takeFrames(): void {
    for (;;) {
      if (this.#unread.startsWith(HEARTBEAT)) {
        this.#unread = this.#unread.slice(HEARTBEAT.length);
        this.heartbeats.push(this.frames.length);
        continue;
      }
      const match = FRAME.exec(this.#unread);
      if (!match) break;
      const [raw, id, retry, data] = match;
      this.frames.push({
        ...(id !== undefined && { id }),
        ...(retry !== undefined && { retry: Number(retry) }),
        data: data!,
        raw,
      });
      this.#unread = this.#unread.slice(raw.length);
    }
    if (this.#unread.includes('\n\n') || this.#unread.includes('\r'))
      this.#fault = new Error(`not a frame: ${JSON.stringify(this.#unread.slice(0, 500))}`);
  }

  #finish(end: 'clean' | 'cut'): void {
    this.end ??= end;
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#changed;
    this.#changed = [];
    for (const wake of waiting) wake();
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!this.#fault && !holds()) await new Promise<void>((resolve) => this.#changed.push(resolve));
    if (this.#fault) throw this.#fault;
  }
}
