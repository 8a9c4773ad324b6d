import type { Dialect } from '../dialect.js';
import { OpenAiEncoder, type OpenAiStreamOptions } from './openai-encoder.js';

/** OpenAI's chat completion stream, strictly: chunks, `[DONE]`, and one error object where it fails (docs/protocol.md). */
export function openAiDialect(options: OpenAiStreamOptions): Dialect {
  return {
    name: 'openai',
    resumable: false,
    holdsHeaders: true,
    encoder: () => new OpenAiEncoder(options),
  };
}
