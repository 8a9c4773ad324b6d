import { z } from 'zod';
import { usageCounts } from '../../protocol/run-event.js';
import { AI_SDK_FINISH_REASONS } from '../../sse/dialects/ai-sdk/finish-reason.js';

const id = z.string();
const chunk = <T extends string>(type: T, fields: z.ZodRawShape = {}) =>
  z.object({ type: z.literal(type), ...fields });
const call = { toolCallId: id, dynamic: z.literal(true), providerExecuted: z.boolean() };
const named = { ...call, toolName: z.string(), title: z.string().optional() };
const usage = usageCounts.omit({ cache_write_tokens: true });

/** One `data:` line for clients of the AI SDK. */
const aiSdkChunk = z
  .discriminatedUnion('type', [
    chunk('start', {
      messageId: id.describe('The id of the run.'),
      messageMetadata: z.object({ run_id: id, model: z.string(), conversation_id: id.optional() }),
    }),
    chunk('start-step'),
    chunk('finish-step'),
    chunk('reset-step'),
    chunk('text-start', { id, providerMetadata: z.looseObject({}).optional() }),
    chunk('text-delta', { id, delta: z.string() }),
    chunk('text-end', { id }),
    chunk('reasoning-start', { id }),
    chunk('reasoning-delta', { id, delta: z.string() }),
    chunk('reasoning-end', { id }),
    chunk('tool-input-start', named),
    chunk('tool-input-delta', { toolCallId: id, inputTextDelta: z.string() }),
    chunk('tool-input-available', { ...named, input: z.unknown() }),
    chunk('tool-input-error', { ...named, input: z.string(), errorText: z.string() }),
    chunk('tool-output-available', { ...call, output: z.unknown(), preliminary: z.literal(true).optional() }),
    chunk('tool-output-error', { ...call, errorText: z.string() }),
    chunk('tool-output-denied', { toolCallId: id }),
    chunk('tool-approval-request', { approvalId: id, toolCallId: id }),
    chunk('tool-approval-response', { approvalId: id, approved: z.boolean(), reason: z.string().optional() }),
    chunk('data-node', { id, data: z.object({ name: z.string(), status: z.string() }) }),
    chunk('data-conversation', { data: z.looseObject({ type: z.string() }), transient: z.literal(true) }),
    chunk('data-notice', {
      data: z.object({ code: z.string(), message: z.string() }),
      transient: z.literal(true),
    }),
    chunk('data-error', {
      data: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }),
    }),
    chunk('finish', {
      finishReason: z.enum([...new Set(Object.values(AI_SDK_FINISH_REASONS))]),
      messageMetadata: z.object({ usage }).optional(),
    }),
    chunk('abort', { reason: z.string() }),
    chunk('error', { errorText: z.string() }),
  ])
  .describe('One `data:` line of a UI message stream of the AI SDK, version 1.');

export const aiSdkSchemas = { AiSdkChunk: aiSdkChunk };
