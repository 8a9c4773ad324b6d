import { z } from 'zod';
import { AG_UI_VERSION } from '../../sse/dialects/ag-ui/ag-ui-encoder.js';

const id = z.string();
const metadata = z
  .object({ millrace: z.looseObject({}) })
  .optional()
  .describe('What AG-UI has no field for.');
const event = <T extends string>(type: T, fields: z.ZodRawShape = {}) =>
  z.object({ type: z.literal(type), ...fields, timestamp: z.int().optional(), metadata });

const ids = { threadId: id, runId: id };
const message = z.looseObject({
  id,
  role: z.enum(['developer', 'system', 'user', 'assistant', 'tool', 'reasoning', 'activity']),
});
const usage = z
  .array(
    z.object({
      model: z.string().optional(),
      inputTokens: z.int(),
      outputTokens: z.int(),
      cachedInputTokens: z.int().optional(),
      cacheWriteInputTokens: z.int().optional(),
      reasoningTokens: z.int().optional(),
    }),
  )
  .optional();
const interrupt = z.object({
  id,
  reason: z.literal('tool_call'),
  message: z.string(),
  toolCallId: id,
  expiresAt: z.iso.datetime(),
});
const outcome = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('success'),
      pendingToolCallIds: z.array(id).optional().describe('Calls of the client’s tools.'),
    }),
    z.object({ type: z.literal('interrupt'), interrupts: z.array(interrupt).min(1) }),
    z.object({ type: z.literal('cancelled') }),
  ])
  .optional()
  .describe('Only for clients of 1.0; interrupts for all.');

/** One `data:` line for clients of AG-UI. */
const agUiEvent = z
  .discriminatedUnion('type', [
    event('RUN_STARTED', { ...ids, protocolVersion: z.literal(AG_UI_VERSION).optional() }),
    event('MESSAGES_SNAPSHOT', { messages: z.array(message) }),
    event('STEP_STARTED', { stepName: id }),
    event('STEP_FINISHED', { stepName: id }),
    event('TEXT_MESSAGE_START', { messageId: id, role: z.literal('assistant') }),
    event('TEXT_MESSAGE_CONTENT', { messageId: id, delta: z.string() }),
    event('TEXT_MESSAGE_END', { messageId: id }),
    event('REASONING_START', { messageId: id }),
    event('REASONING_MESSAGE_START', { messageId: id, role: z.literal('reasoning') }),
    event('REASONING_MESSAGE_CONTENT', { messageId: id, delta: z.string() }),
    event('REASONING_MESSAGE_END', { messageId: id }),
    event('REASONING_END', { messageId: id }),
    event('TOOL_CALL_START', { toolCallId: id, toolCallName: z.string(), parentMessageId: id }),
    event('TOOL_CALL_ARGS', { toolCallId: id, delta: z.string() }),
    event('TOOL_CALL_END', { toolCallId: id }),
    event('TOOL_CALL_RESULT', {
      messageId: id,
      toolCallId: id,
      role: z.literal('tool'),
      content: z.string(),
    }),
    event('ACTIVITY_SNAPSHOT', { messageId: id, activityType: z.string(), content: z.looseObject({}) }),
    event('CUSTOM', { name: z.string(), value: z.unknown() }),
    event('RUN_FINISHED', { ...ids, result: z.string().optional(), outcome, usage }),
    event('RUN_ERROR', { message: z.string(), code: z.string(), usage }),
  ])
  .describe('One `data:` line of AG-UI.');

export const agUiSchemas = { AgUiEvent: agUiEvent };
