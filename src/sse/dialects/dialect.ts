import type { RunEvent } from '../../protocol/run-event.js';
import type { RunSnapshot } from '../../protocol/run-snapshot.js';

/** One SSE frame: a single line of data and, where a reader may resume after it, its position. */
export interface Frame {
  id?: string;
  /** Milliseconds a client waits before it reconnects. */
  retry?: number;
  data: string;
}

/**
 * One way to write a run on the wire: a pure fold over its log. A fresh encoder is made for each reader; one that begins after
 * some events is primed with them, and what it gives for those is thrown away.
 */
export interface DialectEncoder {
  /** The frames of one event, the id on the last of them. A terminal event's frames include the end of the stream. */
  encode(item: RunEvent | RunSnapshot): Frame[];
}

export interface Dialect {
  readonly name: string;
  /** Its clients come back with their position, so a response may end before the run does. */
  readonly resumable: boolean;
  /**
   * Its clients know an error by its status: the headers wait for the first frame, at most one heartbeat long, and a run that fails
   * before it is answered with the status of its error.
   */
  readonly holdsHeaders: boolean;
  /** Besides those of every stream. */
  readonly headers?: Readonly<Record<string, string>>;
  encoder(): DialectEncoder;
}
