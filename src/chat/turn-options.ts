import { z } from 'zod';
import { MAX_PROMPT_LENGTH } from '../protocol/requests.js';

/** What requests in the words of other systems may ask of a turn of ours. */
export const turnOptions = {
  model: z
    .string()
    .min(1)
    .max(256)
    .nullish()
    .describe('A name of `GET /api/models`. Default: the first of them.'),
  system_prompt: z.string().max(MAX_PROMPT_LENGTH).nullish(),
  mcp_servers: z
    .array(z.string().min(1).max(128))
    .max(64)
    .nullish()
    .describe('The MCP servers whose tools the model may call.'),
};
