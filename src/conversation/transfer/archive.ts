import { z } from 'zod';
import { toolStatus } from '../../protocol/run-event.js';

const MAX_ROUNDS = 5000;
const MAX_MESSAGES = 1000;

const count = z.int().nonnegative();
const time = z.iso.datetime().describe('With its zone.');
const name = z.string().max(256);
/** As people write it, without NUL, which PostgreSQL cannot store, and halves of characters. */
const clean = (text: string) => text.replaceAll('\0', '').toWellFormed().trim();

const toolCall = z.strictObject({
  id: z.string().min(1).max(256),
  type: z.literal('function'),
  function: z.strictObject({ name: name.min(1), arguments: z.string() }),
});
const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('user'), content: z.string() }),
  z.strictObject({
    role: z.literal('assistant'),
    reasoning_content: z.string().optional(),
    content: z.string(),
    tool_calls: z.array(toolCall).max(256).optional(),
  }),
  z.strictObject({
    role: z.literal('tool'),
    tool_call_id: z.string().min(1).max(256),
    content: z.string(),
    status: toolStatus.optional(),
  }),
]);

/**
 * A chat conversation as a document: what export writes and import reads. Ids of runs are not in it, because runs belong to one
 * server; each round says how its run ended. An answer that was still being written is `interrupted`.
 */
export const archive = z.strictObject({
  format: z.literal('millrace.conversation'),
  version: z.literal(1),
  conversation: z.strictObject({
    title: z
      .string()
      .transform(clean)
      .refine((title) => title !== '' && [...title].length <= 100, 'must be 1 to 100 characters'),
    type: z.literal('chat'),
    status: z.enum(['active', 'deleted', 'favorite']),
    tags: z
      .array(
        z
          .string()
          .transform(clean)
          .refine((tag) => tag !== '' && [...tag].length <= 20, 'must be 1 to 20 characters'),
      )
      .max(10),
    created_at: time,
    updated_at: time,
    prompt_tokens: count,
    completion_tokens: count,
  }),
  rounds: z
    .array(
      z.strictObject({
        created_at: time,
        model: name.transform(clean),
        state: z.enum(['completed', 'failed', 'cancelled', 'interrupted']),
        messages: z.array(message).min(1).max(MAX_MESSAGES),
      }),
    )
    .max(MAX_ROUNDS),
});
export type Archive = z.output<typeof archive>;
