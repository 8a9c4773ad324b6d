import type { Request, Response } from 'express';
import type { Socket } from 'node:net';
import type { RunEvent } from '../protocol/run-event.js';
import type { Frame } from './dialects/dialect.js';
import { forgetHeaders } from '../http/forget-headers.js';
import { forgetRouting } from '../http/forget-routing.js';
import { FrameReader } from './frame-reader.js';
import { HEARTBEAT, writeFrame } from './framer.js';
import { writeChunk } from './write-chunk.js';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-cache, no-transform, private',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
};

/** A socket that took nothing for this long is given up; its reader resumes from its cursor. */
const STALL_MS = 60_000;

export interface OpenStreams {
  closed(writer: EventStreamWriter, failure?: { error: unknown }): void;
}

/**
 * Writes one run to one response. It reads the next batch from the log only when the socket has drained, so a slow reader holds no
 * queue; all frames that are ready go out in one write; after the terminal frame the response ends.
 *
 * It is called back rather than waiting in a loop: a promise for each chunk that comes by itself is a good part of what that chunk
 * costs (decision 11).
 */
export class EventStreamWriter {
  /** Something was written since the last tick: the clock is not asked for each chunk. */
  #wrote = false;
  #lastTick = performance.now();
  /** Not later than that. */
  #lastWrite = this.#lastTick;
  #blocked = false;
  /** A read of a log that takes time is under way. */
  #reading = false;
  /** Something has happened since that read began. */
  #news = false;
  #rotating = false;
  /** The headers wait for the first frame, in a dialect that wants that. */
  #holding = false;
  readonly #started = performance.now();
  /** Until the response has begun: whoever waits for that. */
  #waiting: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  #unwatch: (() => void) | undefined;
  /** What the response is written to, if it had that when it began. */
  #socket: Socket | undefined;
  #over = false;

  /** `streams` is told once, when the response is over: with what made it fail after it had begun, where something did. */
  constructor(
    readonly reader: FrameReader,
    readonly request: Request,
    private readonly response: Response,
    private readonly streams?: OpenStreams,
  ) {}

  /**
   * Resolves when the response has begun, or is over: what would wait for its end would be kept in memory for as long. Rejects when the
   * run cannot be read before anything was written.
   */
  serve(): Promise<void> {
    const { reader, response } = this;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      response.on('close', this.#onSocket);
      try {
        this.#unwatch = reader.watch(this.#onAdvance);
      } catch (error) {
        return this.#fail(error);
      }
      // The log may have told of something already, and that may have been all.
      if (this.#over) return this.#unwatch();
      this.#pump();
    });
  }

  /** Called by the one clock of all streams, which never jumps (`performance.now`): keeps a quiet connection open, and gives a dead one up. */
  tick(now: number, heartbeatMs: number, maxMs: number): void {
    const { response } = this;
    if (this.#gone) return;
    if (this.#wrote) this.#lastWrite = this.#lastTick;
    this.#wrote = false;
    this.#lastTick = now;
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

  /** Writes all that there is, as long as the socket takes it. */
  #pump(): void {
    try {
      while (!this.#over && !this.#reading) {
        if (this.#gone) return this.#close();
        if (this.#blocked) return;
        if (this.#rotating && this.response.headersSent) return this.#end();
        const frames = this.reader.readNow();
        if (!frames) this.#readLater();
        else if (!this.#take(frames)) return;
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #readLater(): void {
    this.#reading = true;
    this.#news = false;
    this.reader.read().then(
      (frames) => {
        this.#reading = false;
        try {
          if (this.#take(frames) || this.#news) this.#pump();
        } catch (error) {
          this.#fail(error);
        }
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    if (this.#gone) return this.#close();
    // An end without a terminal frame would look like a whole answer; a broken socket does not.
    if (this.response.headersSent) this.response.destroy();
    this.#close({ error });
  }

  #close(failure?: { error: unknown }): void {
    if (this.#over) return;
    this.#over = true;
    this.#unwatch?.();
    this.response.off('close', this.#onSocket);
    this.response.off('drain', this.#onSocket);
    this.#socket?.off('drain', this.#onSocket);
    this.#socket = undefined;
    this.reader.close();
    if (!this.#waiting) return this.streams?.closed(this, failure);
    if (failure) this.#waiting.reject(failure.error);
    else this.#waiting.resolve();
    this.streams?.closed(this);
  }

  /** Writes what was read. True when there may be more at once. */
  #take(frames: readonly Frame[]): boolean {
    const { reader, response } = this;
    if (this.#gone) return true;
    if (reader.refusal && reader.dialect.holdsHeaders && !response.headersSent) {
      response.setHeader('x-run-id', reader.runId);
      throw reader.refusal;
    }
    const headOnly = this.request.method === 'HEAD';
    if (frames.length === 0 && reader.ended) {
      if (!response.headersSent) response.writeHead(204, this.#runHeaders);
      this.#end();
      return false;
    }
    if (frames.length === 0 && !headOnly) {
      // A reader at the head of a silent run is accepted: it gets its headers now, and heartbeats until there is more.
      if (reader.dialect.holdsHeaders) this.#holding = true;
      else if (!response.headersSent) this.#begin();
      return false;
    }
    if (!response.headersSent) this.#begin();
    const text = frames.length === 1 ? writeFrame(frames[0]!) : frames.map(writeFrame).join('');
    if (headOnly) this.#end();
    else if (reader.ended) this.#end(text);
    else this.#write(text);
    return !headOnly && !reader.ended;
  }

  #end(text?: string): void {
    this.response.end(text);
    this.#close();
  }

  /** Whoever waits sees that the server works on it; a status for what fails later is spent. */
  #beginSilently(): void {
    this.#begin();
    this.#write(HEARTBEAT);
  }

  #begin(): void {
    const { reader, response } = this;
    const { socket } = response;
    socket?.setNoDelay(true);
    socket?.setKeepAlive(true, 30_000);
    response.writeHead(response.statusCode, {
      ...HEADERS,
      ...reader.dialect.headers,
      ...this.#runHeaders,
    });
    // The headers go out with what is written next. Flushed by themselves they become one string: Node keeps the tree that it made of
    // them for as long as the response is open.
    socket?.cork();
    response.flushHeaders();
    forgetHeaders(response);
    process.nextTick(() => socket?.uncork());
    // Nothing waits for room before there is something written.
    (socket ?? response).on('drain', this.#onSocket);
    this.#socket = socket ?? undefined;
    forgetRouting(this.request, response);
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  get #runHeaders(): Record<string, string> {
    const { runId, conversationId } = this.reader;
    return {
      'x-run-id': runId,
      ...(conversationId !== undefined && { 'x-conversation-id': conversationId }),
    };
  }

  #write(text: string): void {
    this.#wrote = true;
    // One that is pipelined behind another has begun without a socket, and drains as Node says.
    const taken = this.#socket ? writeChunk(this.response, text) : this.response.write(text);
    this.#blocked = !taken;
  }

  get #gone(): boolean {
    return this.response.closed || this.response.destroyed || this.response.writableEnded;
  }

  readonly #onAdvance = (event?: RunEvent): void => {
    this.#news = true;
    if (!event || !this.#isFollowing) return this.#pump();
    try {
      const frames = this.reader.take(event);
      if (!frames) this.#pump();
      else if (frames.length > 0 || this.reader.ended) this.#take(frames);
    } catch (error) {
      this.#fail(error);
    }
  };

  /** What comes next can be written as it comes. */
  get #isFollowing(): boolean {
    return this.response.headersSent && !this.#over && !this.#reading && !this.#blocked && !this.#rotating;
  }

  readonly #onSocket = (): void => {
    this.#blocked = this.response.writableNeedDrain || this.#socket?.writableNeedDrain === true;
    // A read that is under way does not know of it.
    this.#news = true;
    this.#pump();
  };
}
