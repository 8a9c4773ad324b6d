import { z } from 'zod';
import { toolStatus } from '../../protocol/run-event.js';
import type { TreeNode } from '../branches.js';

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
export const archive = z
  .strictObject({
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
          started: z.literal(false).optional().describe('The run ended while it waited; no model saw this.'),
          after: z
            .int()
            .positive()
            .nullish()
            .describe(
              'The round that this one follows: 1 is the first. Absent: the one before it. Null: none.',
            ),
          messages: z.array(message).min(1).max(MAX_MESSAGES),
        }),
      )
      .max(MAX_ROUNDS),
    current: z
      .int()
      .positive()
      .optional()
      .describe('The last round of the current branch. Absent: the last one.'),
  })
  .superRefine(({ rounds, current }, context) => {
    const missing = (path: PropertyKey[]) =>
      context.addIssue({ code: 'custom', path, message: 'must be the number of an earlier round' });
    rounds.forEach(({ after }, at) => {
      if (typeof after === 'number' && after > at) missing(['rounds', at, 'after']);
    });
    if (current !== undefined && current > rounds.length) missing(['current']);
  });
export type Archive = z.output<typeof archive>;

/** The tree of an archive's rounds, numbered from 1 as they stand in it. */
export function treeOf({ rounds }: Pick<Archive, 'rounds'>): TreeNode[] {
  return rounds.map(({ after }, at) => ({
    round: at + 1,
    parent_round: after !== undefined ? after : at === 0 ? null : at,
  }));
}

/** The last round of the current branch; null where there is no round. */
export function headOf({ rounds, current }: Pick<Archive, 'rounds' | 'current'>): number | null {
  return current ?? (rounds.length === 0 ? null : rounds.length);
}
