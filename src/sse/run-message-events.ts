import type { MessageEvent } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Observable, type Subscriber } from 'rxjs';
import type { EventStreams } from './event-streams.js';
import type { FrameReader } from './frame-reader.js';
import type { Served } from './served.js';
import { Signal } from './signal.js';

/**
 * A run as an Observable of SSE messages. An Observable cannot be asked to wait, so this one also carries its log cursor: the
 * writer of a response pulls from it at the pace of its socket (`serve`), and whoever subscribes gets the same messages pushed.
 * It is cold: the run is opened when the first of the two happens, and an error of opening comes before any message.
 */
export class RunMessageEvents extends Observable<MessageEvent> implements Served {
  constructor(
    private readonly open: () => Promise<FrameReader>,
    private readonly streams: EventStreams,
  ) {
    super((subscriber) => {
      const closed = new AbortController();
      pushAll(open, subscriber, closed.signal).catch((error: unknown) => subscriber.error(error));
      return () => closed.abort();
    });
  }

  async serve(request: Request, response: Response): Promise<void> {
    await this.streams.serve(await this.open(), request, response);
  }
}

async function pushAll(
  open: () => Promise<FrameReader>,
  subscriber: Subscriber<MessageEvent>,
  closed: AbortSignal,
): Promise<void> {
  const reader = await open();
  const changed = new Signal();
  const unwatch = reader.watch(changed.raise);
  closed.addEventListener('abort', changed.raise);
  try {
    while (!closed.aborted && !reader.ended) {
      changed.reset();
      const frames = reader.readNow() ?? (await reader.read());
      for (const frame of frames) subscriber.next(frame);
      if (frames.length === 0 && !reader.ended) await changed.wait();
    }
    subscriber.complete();
  } finally {
    unwatch();
    reader.close();
  }
}
