import { z } from 'zod';
import { conversationId, runId } from '../protocol/requests.js';
import { compactType } from '../protocol/run-event.js';

const MAX_TITLE = 100;
const MAX_TAGS = 10;
const MAX_TAG = 20;

/** Without NUL, which PostgreSQL cannot store, and halves of characters, which have no UTF-8. */
const text = z.string().transform((value) => value.replaceAll('\0', '').toWellFormed());
const atMost = (characters: number) => (value: string) => [...value].length <= characters;
const userId = z.string().max(256).optional().describe('Accepted for clients of MAG, and never trusted.');

/** `PUT …/{id}/status` */
export const statusRequest = z.object({
  status: z.enum(['active', 'deleted', 'favorite']),
  user_id: userId,
});
export type StatusRequest = z.output<typeof statusRequest>;

/** `PUT …/{id}/title`. A blank title is refused after the schema, because the seed answers it with 400. */
export const titleRequest = z.object({
  title: text
    .refine(atMost(MAX_TITLE), `must be at most ${MAX_TITLE} characters`)
    .transform((title) => title.trim()),
  user_id: userId,
});
export type TitleRequest = z.output<typeof titleRequest>;

/** `PUT …/{id}/tags` */
export const tagsRequest = z.object({
  tags: z
    .array(
      text
        .transform((tag) => tag.trim())
        .refine((tag) => tag !== '', '标签不能为空')
        .refine(atMost(MAX_TAG), '单个标签长度不能超过20个字符'),
    )
    .max(MAX_TAGS, '标签数量不能超过10个'),
  user_id: userId,
});
export type TagsRequest = z.output<typeof tagsRequest>;

/** `PUT …/{id}/branch` */
export const branchRequest = z.object({
  run_id: runId.describe('A turn of the branch that becomes current, down to its newest turn.'),
  user_id: userId,
});
export type BranchRequest = z.output<typeof branchRequest>;

/** `POST …/{id}/compact` */
export const compactRequest = z.object({
  conversation_id: conversationId.describe('The same as in the path.'),
  model_name: z.string().max(256).describe('Summarises, when `compact_type` is `precise`.'),
  compact_type: compactType
    .default('brutal')
    .describe(
      '`brutal` keeps question and last answer of each round; `precise` summarises long tool results.',
    ),
  compact_threshold: z.int().min(100).max(10_000).default(2000).describe('Characters, for `precise`.'),
  user_id: userId,
});
export type CompactRequest = z.output<typeof compactRequest>;
