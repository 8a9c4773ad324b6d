import { z } from 'zod';
import type { OpenAiModel } from '../../openai/openai-models.controller.js';
import { finishReason, tokenLogprob } from '../../protocol/run-event.js';
import { answers } from './answer-schemas.js';

const count = z.int().nonnegative();

const usage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: z
    .object({ cached_tokens: count.optional(), cache_write_tokens: count.optional() })
    .optional(),
  completion_tokens_details: z.object({ reasoning_tokens: count.optional() }).optional(),
});
const logprobs = z
  .object({ content: z.array(tokenLogprob).nullable(), refusal: z.array(tokenLogprob).nullable() })
  .nullable();
const toolCall = z.object({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
});
const error = z.object({
  message: z.string(),
  type: z.enum(['invalid_request_error', 'rate_limit_error', 'server_error']),
  param: z.string().nullable(),
  code: z.string(),
});
const head = {
  id: z.string().describe('`chatcmpl-` and the id of the run.'),
  created: z.int().describe('Unix seconds.'),
  model: z.string(),
};

const delta = z.object({
  role: z.literal('assistant').optional(),
  content: z.string().optional(),
  reasoning_content: z.string().optional(),
  refusal: z.string().optional(),
  tool_calls: z
    .array(
      z.object({
        index: count,
        id: z.string().optional(),
        type: z.literal('function').optional(),
        function: z.object({ name: z.string().optional(), arguments: z.string() }),
      }),
    )
    .optional(),
});
const chunk = z.object({
  ...head,
  object: z.literal('chat.completion.chunk'),
  choices: z
    .array(z.object({ index: z.literal(0), delta, logprobs, finish_reason: finishReason.nullable() }))
    .max(1)
    .describe('Empty in the last chunk, which has the usage.'),
  usage: usage.nullable().optional().describe('Only with `stream_options.include_usage`.'),
});

const completion = z.object({
  ...head,
  object: z.literal('chat.completion'),
  choices: z
    .array(
      z.object({
        index: z.literal(0),
        message: z.object({
          role: z.literal('assistant'),
          content: z.string().nullable(),
          refusal: z.string().nullable(),
          reasoning_content: z.string().optional(),
          tool_calls: z.array(toolCall).optional(),
        }),
        logprobs,
        finish_reason: finishReason,
      }),
    )
    .length(1),
  usage: usage.optional(),
});

const model = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.literal(0),
  owned_by: z.literal('millrace'),
}) satisfies z.ZodType<OpenAiModel>;

/** What the routes for clients of OpenAI answer, by the name of its component. */
export const openAiSchemas = {
  OpenAiChatCompletion: completion,
  OpenAiChunk: z
    .union([chunk, z.object({ error })])
    .describe('One `data:` line: a chunk of the answer, or the error that ends it.'),
  OpenAiModel: model,
  OpenAiModelList: z.object({ object: z.literal('list'), data: z.array(model) }),
  OpenAiProblem: answers.Problem.extend({ error }).describe(
    "RFC 9457 problem document that also holds OpenAI's `error`.",
  ),
};
