import { z } from 'zod';
import { clientTools } from '../chat/client-tools.js';
import { turnOptions } from '../chat/turn-options.js';
import { conversationId } from '../protocol/requests.js';

/** A part of a message: text, file, reasoning, a tool call with its outcome, a mark of a step; what else there is, is passed over. */
const part = z.looseObject({
  type: z.string().max(256),
  text: z.string().optional(),
  url: z.string().optional(),
  mediaType: z.string().optional(),
  filename: z.string().nullish(),
  toolName: z.string().optional(),
  toolCallId: z.string().optional(),
  state: z.string().optional(),
  errorText: z.string().optional(),
  providerExecuted: z.boolean().optional(),
});
export type UiPart = z.output<typeof part>;

const message = z.looseObject({
  id: z.string().max(256),
  role: z.enum(['system', 'user', 'assistant']),
  metadata: z
    .looseObject({ run_id: z.string().max(256).optional() })
    .optional()
    .catch(undefined),
  parts: z.array(part),
});
export type UiMessage = z.output<typeof message>;

/**
 * `POST /api/ai-sdk/chat`: what DefaultChatTransport sends (`ai` 7), and besides it, from its `body` option, what a turn of ours may ask
 * for. Other fields are the application's own and have no effect.
 */
export const aiSdkChatRequest = z.looseObject({
  id: conversationId
    .nullish()
    .describe('The chat, which is a conversation. Absent: a temporary one, of which nothing is stored.'),
  messages: z
    .array(message)
    .min(1)
    .describe(
      'The history as the client has it. The last one is the user’s, or an answer whose calls of the client’s tools have their outcomes now.',
    ),
  trigger: z.enum(['submit-message', 'regenerate-message']).default('submit-message'),
  messageId: z.string().max(256).nullish().describe('The message that is asked again or edited.'),
  ...turnOptions,
  tools: clientTools,
  on_busy: z
    .enum(['queue', 'reject', 'interrupt'])
    .nullish()
    .describe(
      'What happens while the chat still answers. Default: `interrupt`, because the stop() of these clients only leaves.',
    ),
});
export type AiSdkChatRequest = z.output<typeof aiSdkChatRequest>;

/** `POST /api/ai-sdk/chat/{id}/stop`, as the AI SDK's guide to resuming writes it. The body may be missing. */
export const aiSdkStopRequest = z
  .looseObject({
    activeStreamId: z
      .string()
      .max(256)
      .nullish()
      .describe('The id of the answer to stop; another one than that is left alone.'),
  })
  .optional();
export type AiSdkStopRequest = z.output<typeof aiSdkStopRequest>;
