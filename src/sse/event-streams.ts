import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { CONFIG, type Config } from '../config/config.js';
import { EventStreamWriter, type OpenStreams } from './event-stream.writer.js';
import type { FrameReader } from './frame-reader.js';

/** All open event streams, and the one clock that they share: a timer a stream would cost more than the streams. */
@Injectable()
export class EventStreams implements OpenStreams, OnModuleInit, OnModuleDestroy, OnApplicationShutdown {
  readonly #logger = new Logger(EventStreams.name);
  readonly #open = new Set<EventStreamWriter>();
  #clock: NodeJS.Timeout | undefined;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  onModuleInit(): void {
    const everyMs = Math.min(500, (this.config.SSE_HEARTBEAT_SECONDS * 1000) / 4);
    this.#clock = setInterval(() => this.tick(performance.now()), everyMs);
    this.#clock.unref();
  }

  /** Writes the heartbeats that are due, rotates what is too old, and gives up what is stalled. */
  tick(now: number): void {
    const heartbeatMs = this.config.SSE_HEARTBEAT_SECONDS * 1000;
    const maxMs = this.config.STREAM_MAX_SECONDS * 1000;
    for (const writer of this.#open) writer.tick(now, heartbeatMs, maxMs);
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * Writes a run to a response. Resolves when the response has begun, or is over. Rejects when the run cannot be read before anything
   * was written; what fails later breaks the connection and is logged.
   */
  serve(reader: FrameReader, request: Request, response: Response): Promise<void> {
    const writer = new EventStreamWriter(reader, request, response, this);
    this.#open.add(writer);
    return writer.serve();
  }

  /** Called by a writer, once. */
  closed(writer: EventStreamWriter, failure?: { error: unknown }): void {
    this.#open.delete(writer);
    // The context is that of whoever wrote last, so the request is named.
    const about = { run_id: writer.reader.runId, stream_req_id: writer.request.id };
    if (failure) this.#logger.error({ ...about, err: failure.error }, 'A stream broke off');
  }

  /**
   * Moves the readers that can resume to another instance; the others stay, with heartbeats, until their run ends. Nest calls
   * this before it waits for the runs.
   */
  onModuleDestroy(): void {
    for (const writer of this.#open) writer.rotate();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#clock);
  }
}
