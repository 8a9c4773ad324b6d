import { z } from 'zod';
import { openAiMessage } from './message-schema.js';

const number = z.number().nullish();
const flag = z.boolean().nullish();
const string = z.string().max(4096).nullish();
const object = z.looseObject({}).nullish();

/** What is sent to the provider as it is, when it is not null. */
const passedOn = {
  temperature: number,
  top_p: number,
  presence_penalty: number,
  frequency_penalty: number,
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  seed: z.int().nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
  logprobs: flag,
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
  reasoning_effort: string,
  verbosity: string,
  prediction: object,
  service_tier: string,
  metadata: z.record(z.string(), z.string()).nullish(),
  prompt_cache_key: string,
  prompt_cache_options: object,
  prompt_cache_retention: string,
  safety_identifier: string,
  user: string,
  parallel_tool_calls: flag,
  tool_choice: z.union([z.enum(['none', 'auto', 'required']), z.looseObject({ type: z.string() })]).nullish(),
};
export const PASSED_ON = Object.keys(passedOn) as (keyof typeof passedOn)[];

const tool = z.looseObject({
  type: z.string(),
  function: z
    .object({
      name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ -'),
      description: z.string().optional(),
      parameters: z.looseObject({}).optional(),
      strict: z.boolean().nullish(),
    })
    .optional(),
});

/** What only a few values are taken of (unsupported.ts). */
const limited = {
  n: z.int().positive().nullish().describe('1: a run has one answer.'),
  modalities: z.array(z.string()).nullish().describe('Text only.'),
  store: flag.describe('Not true: nothing of a temporary run is stored.'),
  audio: object,
  moderation: object,
  web_search_options: object,
  functions: z.array(z.unknown()).nullish(),
  function_call: z.unknown().optional(),
};

/**
 * `POST /v1/chat/completions`: every field of OpenAI's request (openai 7.57), and `mcp_servers`. docs/clients.md says what becomes of
 * each. Unknown fields are refused, because a provider might take them for more than the operator allows.
 */
export const openAiChatRequest = z.strictObject({
  model: z.string().min(1).max(256).describe('A name of `GET /v1/models`.'),
  messages: z.array(openAiMessage).min(1),
  stream: z.boolean().nullish().describe('Default false.'),
  stream_options: z
    .looseObject({ include_usage: flag, include_obfuscation: flag })
    .nullish()
    .describe('`include_obfuscation` has no effect.'),
  tools: z
    .array(tool)
    .max(128)
    .nullish()
    .describe("The client's own tools: a call of one ends the answer, and the client runs it."),
  mcp_servers: z
    .array(z.string().min(1).max(128))
    .max(64)
    .nullish()
    .describe(
      'Of Millrace: the MCP servers whose tools the model may call. The server runs them; the answer does not show it.',
    ),
  ...passedOn,
  ...limited,
});
export type OpenAiChatRequest = z.output<typeof openAiChatRequest>;
