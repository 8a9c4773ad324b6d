import { ForeignDecoder } from './foreign-decoder.js';
import type { DecodedFrame, SseFrame } from './native-frame-decoder.js';
import { decodeNative, parseFrame } from './native-frame-decoder.js';
import { DONE } from './native-frame.js';
import { parsePosition } from './position.js';
import type { RunEvent } from './run-event.js';

export interface NativeDecoderOptions {
  /** The run id for a stream of a server that has none. */
  runId?: string;
  /** Unix time in milliseconds, for the `ts` of inferred events. */
  now?: () => number;
}

/**
 * Reads native frames, one response each. A frame with one of our positions as its id decodes by itself. Frames without one are
 * those of an original MAG server: run, ids and structure are inferred from their order, and `end` says that no more come.
 *
 * Never throws: what comes from outside and is not a frame is a `fault`.
 */
export class NativeDecoder {
  readonly #foreign: ForeignDecoder;
  #native = false;

  constructor({ runId = mintRunId(), now = Date.now }: NativeDecoderOptions = {}) {
    this.#foreign = new ForeignDecoder(runId, now);
  }

  decode({ id, data }: SseFrame): DecodedFrame {
    if (data === DONE) return { events: this.#foreign.done(), done: true };
    const position = id === undefined ? null : parsePosition(id);
    if (position) this.#native = true;
    const frame = parseFrame(data);
    if (position) return decodeNative(position, frame);
    // Something between us and the server put in a frame; it has no place in a stream whose frames all have one.
    if (!frame || this.#native) return { events: [], done: false, fault: 'malformed' };
    return { events: this.#foreign.read(frame), done: false };
  }

  /**
   * Says that the response ended. Without `[DONE]`, a stream of an original MAG server was cut: what is open is closed, with
   * one terminal event. A native stream gives nothing: its reader resumes from its position.
   */
  end(): readonly RunEvent[] {
    return this.#foreign.cut();
  }
}

let minted = 0;
function mintRunId(): string {
  minted += 1;
  return `mag-${Date.now().toString(36)}-${minted}`;
}
