import { z } from 'zod';
import { laxBoolean, prompt, turnFields } from './requests.js';

/** What a person says, and nothing else, to have the design assembled and stored (contract/seed.md §5). */
export const END_DESIGN = '<end>END</end>';

/** What a design must have before it can be a graph, in the seed's names and order. */
export const designFields = [
  'analysis',
  'todo',
  'graph_name',
  'graph_description',
  'nodes',
  'end_template',
] as const;
export type DesignField = (typeof designFields)[number];

/**
 * `POST /api/graphs/generate`: the seed's fields (contract/seed.md §1.3), those that every turn has, and `overwrite`. Unknown fields are
 * ignored, and `user_id` is accepted but never trusted. A blank requirement or model name is refused after the schema, because the
 * seed answers it with 400.
 */
export const generateGraphRequest = z.object({
  requirement: prompt.describe(`What the graph is to do, or \`${END_DESIGN}\`: store it.`),
  model_name: z.string().max(256).describe('A name of `GET /api/models`.'),
  graph_name: z
    .string()
    .max(256)
    .nullish()
    .describe('A graph to begin with. It counts in the first turn of the conversation only.'),
  overwrite: laxBoolean
    .prefault(false)
    .describe('With the end: whether it may replace another graph of the same name.'),
  user_id: z.string().max(256).optional().describe('Accepted for clients of MAG, and never trusted.'),
  stream: laxBoolean.prefault(true).describe('False: one document at the end.'),
  ...turnFields,
  conversation_id: turnFields.conversation_id.describe(
    'The dialogue. Absent or null: a new one, whose id the server chooses.',
  ),
});
export type GenerateGraphRequest = z.output<typeof generateGraphRequest>;
