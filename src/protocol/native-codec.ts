/** The native dialect: run events as the seed's SSE frames, and back. docs/protocol.md describes every frame. */
export { NativeEncoder } from './native-encoder.js';
export { NativeDecoder } from './native-decoder.js';
export type { NativeDecoderOptions } from './native-decoder.js';
export { decodeFrame } from './native-frame-decoder.js';
export type { DecodedFrame, SkippedFrame, SseFrame } from './native-frame-decoder.js';
export { DONE, positionOf } from './native-frame.js';
