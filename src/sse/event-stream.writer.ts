import type { Request, Response } from 'express';
import { FrameReader } from './frame-reader.js';
import { HEARTBEAT, writeFrame } from './framer.js';
import { Signal } from './signal.js';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-cache, no-transform, private',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
};

/** A socket that took nothing for this long is given up; its reader resumes from its cursor. */
const STALL_MS = 60_000;

/**
 * Writes one run to one response. It reads the next batch from the log only when the socket has drained, so a slow reader holds no
 * queue; all frames that are ready go out in one write; after the terminal frame the response ends.
 */
export class EventStreamWriter {
  #lastWrite = performance.now();
  #blocked = false;
  /** The socket drained or closed, or there may be more to write. */
  readonly #changed = new Signal();
  #rotating = false;
  /** The headers wait for the first frame, in a dialect that wants that. */
  #holding = false;
  readonly #started = performance.now();

  constructor(
    private readonly reader: FrameReader,
    private readonly request: Request,
    private readonly response: Response,
  ) {}

  /**
   * Resolves when the response has ended or its socket is gone. Rejects when the run cannot be read: before anything was
   * written, or after the socket was destroyed.
   */
  async serve(): Promise<void> {
    const { reader, response } = this;
    const unwatch = reader.watch(this.#onAdvance);
    response.on('close', this.#onSocket);
    response.on('drain', this.#onSocket);
    try {
      while (!this.#gone) {
        if (this.#blocked) await this.#changed.wait();
        else if (!(await this.#writeNext())) break;
      }
    } catch (error) {
      if (!response.headersSent) throw error;
      // An end without a terminal frame would look like a whole answer; a broken socket does not.
      response.destroy();
      throw error;
    } finally {
      unwatch();
      response.off('close', this.#onSocket);
      response.off('drain', this.#onSocket);
      reader.close();
    }
  }

  /** Called by the one clock of all streams, which never jumps (`performance.now`): keeps a quiet connection open, and gives a dead one up. */
  tick(now: number, heartbeatMs: number, maxMs: number): void {
    const { response } = this;
    if (this.#gone) return;
    if (!response.headersSent) {
      if (this.#holding && now - this.#started >= heartbeatMs) this.#beginSilently();
      return;
    }
    const quiet = now - this.#lastWrite;
    if (this.#blocked) {
      if (quiet > STALL_MS) response.destroy();
    } else if (quiet >= heartbeatMs) {
      this.#write(HEARTBEAT);
    }
    if (maxMs > 0 && now - this.#started >= maxMs) this.rotate();
  }

  /** Ends the response at a frame border, without a terminal, if its reader can resume; it comes back with its cursor. */
  rotate(): void {
    const comesBack = this.request.method === 'GET' || this.request.headers['x-stream-resume'] === '1';
    if (!comesBack || !this.reader.dialect.resumable) return;
    this.#rotating = true;
    this.#onSocket();
  }

  /** False when the response is over. */
  async #writeNext(): Promise<boolean> {
    const { reader, response } = this;
    if (this.#rotating && response.headersSent) {
      response.end();
      return false;
    }
    this.#changed.reset();
    const frames = reader.readNow() ?? (await reader.read());
    if (this.#gone) return false;
    if (reader.refusal && reader.dialect.holdsHeaders && !response.headersSent) {
      response.setHeader('x-run-id', reader.runId);
      throw reader.refusal;
    }
    if (frames.length === 0) {
      if (reader.ended) {
        if (!response.headersSent) response.writeHead(204, this.#runHeaders);
        response.end();
        return false;
      }
      if (this.request.method !== 'HEAD') {
        // A reader at the head of a silent run is accepted: it gets its headers now, and heartbeats until there is more.
        if (reader.dialect.holdsHeaders) this.#holding = true;
        else if (!response.headersSent) {
          this.#begin();
          response.flushHeaders();
        }
        await this.#changed.wait();
        return true;
      }
    }
    if (!response.headersSent) this.#begin();
    if (this.request.method === 'HEAD') {
      response.end();
      return false;
    }
    const text = frames.map(writeFrame).join('');
    if (reader.ended) response.end(text);
    else this.#write(text);
    return !reader.ended;
  }

  /** Whoever waits sees that the server works on it; a status for what fails later is spent. */
  #beginSilently(): void {
    this.#begin();
    this.#write(HEARTBEAT);
  }

  #begin(): void {
    const { reader, response } = this;
    response.socket?.setNoDelay(true);
    response.socket?.setKeepAlive(true, 30_000);
    response.writeHead(response.statusCode, {
      ...HEADERS,
      ...reader.dialect.headers,
      ...this.#runHeaders,
    });
  }

  get #runHeaders(): Record<string, string> {
    const { runId, conversationId } = this.reader;
    return {
      'x-run-id': runId,
      ...(conversationId !== undefined && { 'x-conversation-id': conversationId }),
    };
  }

  #write(text: string): void {
    this.#lastWrite = performance.now();
    this.#blocked = !this.response.write(text);
  }

  get #gone(): boolean {
    return this.response.closed || this.response.destroyed || this.response.writableEnded;
  }

  readonly #onAdvance = (): void => {
    if (!this.#blocked) this.#changed.raise();
  };

  readonly #onSocket = (): void => {
    this.#blocked = this.response.writableNeedDrain;
    this.#changed.raise();
  };
}
