import type { DecodedFrame } from '../../../src/protocol/native-frame-decoder.js';
import type { SseFrame } from './sse-frames.js';

/** Decodes the frames of one response, in order. */
export interface FrameDecoder {
  decode(frame: SseFrame): DecodedFrame;
}

/** What a follower needs of the world, so that tests can script it. */
export interface StreamEnvironment {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds of a clock that counts while the machine sleeps. */
  readonly now: () => number;
  readonly random: () => number;
  /** Calls back once after `ms`; returns what cancels it. */
  readonly setTimer: (callback: () => void, ms: number) => () => void;
  /** Calls back when the machine is online again or the page is seen again; returns what ends it. */
  readonly onWake: (callback: () => void) => () => void;
  readonly decoder: () => FrameDecoder;
}
