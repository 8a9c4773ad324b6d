import { Injectable } from '@nestjs/common';
import type { RunState } from '../protocol/run-state.js';
import type { RunReader } from '../run/run-reader.js';
import type { Dialect } from './dialects/dialect.js';
import { nativeDialect } from './dialects/native/native-dialect.js';
import { EventStreams } from './event-streams.js';
import { FrameReader } from './frame-reader.js';
import { RunCompletion } from './run-completion.js';
import { RunMessageEvents } from './run-message-events.js';

/** `open` starts or finds the run; what it throws is answered with its status, because nothing was written yet. */
type OpenRun = () => Promise<RunReader>;

/** Maps the events of a run to what a client reads: SSE messages of one dialect, or one document at the end. */
@Injectable()
export class SseHelper {
  constructor(private readonly streams: EventStreams) {}

  toMessageEvents(open: OpenRun, dialect: Dialect = nativeDialect): RunMessageEvents {
    return new RunMessageEvents(async () => new FrameReader(await open(), dialect), this.streams);
  }

  toCompletion(open: OpenRun, toBody: (state: RunState) => object): RunCompletion {
    return new RunCompletion(open, toBody);
  }
}
