import type { Dialect } from '../dialect.js';
import { AiSdkEncoder, type AiSdkStreamOptions } from './ai-sdk-encoder.js';

/**
 * The UI message stream of the AI SDK, version 1 (`ai` 7). Its clients take any end of a response for the end of the message, so none
 * is ended early; they come back with a request of their own, which replays the run from its start.
 */
export function aiSdkDialect(options: AiSdkStreamOptions = {}): Dialect {
  return {
    name: 'ai-sdk',
    resumable: false,
    holdsHeaders: false,
    headers: { 'x-vercel-ai-ui-message-stream': 'v1' },
    encoder: () => new AiSdkEncoder(options),
  };
}
