import { z } from 'zod';
import { prompt, text } from './requests.js';

/** The most nodes of one graph as it is written; graphs inside graphs make more of them (GraphPlan). */
export const MAX_NODES = 200;
const MAX_NAME = 128;

/** What inputs and outputs call the user's input and the result of the graph: no node has these names. */
export const START = 'start';
export const END = 'end';

/**
 * A name of a graph or a node. The seed forbids `/ \ .`; braces would be no placeholder of a template, and nobody can tell apart
 * what differs in spaces at its ends or in control characters.
 */
export const graphName = z
  .string()
  .min(1)
  .max(MAX_NAME)
  .regex(/^[^/\\.{}\p{Cc}\p{Cs}]+$/u, 'must not hold / \\ . { } or control characters')
  .refine((name) => name.trim() === name, 'must not begin or end with a space');

const reference = z.string().min(1).max(MAX_NAME);
const references = z.array(reference).max(MAX_NODES);

/** How many of the latest global outputs of a node are read; Infinity for all. Undefined for what is no mode. */
export function contextCount(mode: string): number | undefined {
  if (mode === 'all') return Infinity;
  if (mode === 'latest') return 1;
  const digits = /^(?:latest_)?([1-9]\d{0,5})$/.exec(mode)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

const contextMode = z
  .union([z.string(), z.int().transform(String)])
  .refine(
    (mode) => contextCount(mode) !== undefined,
    'must be all, latest, a positive number n, or latest_n, for example latest_3',
  )
  .describe('How many of the latest outputs of the nodes of `context`: `all`, `latest`, `3`, `latest_3`.');

/** A node of a graph: an agent, or another graph (`is_subgraph`). The fields are the seed's; the last two are ours. */
export const graphNode = z.object({
  name: graphName,
  description: text(4096).default('').describe('What a model reads that may hand over to this node.'),
  model_name: z
    .string()
    .max(256)
    .nullish()
    .transform((name) => (name?.trim() ? name : null))
    .describe('A name of `GET /api/models`. A subgraph has none.'),
  mcp_servers: z.array(z.string().min(1).max(128)).max(64).default([]),
  system_prompt: prompt.default(''),
  user_prompt: prompt.default(''),
  input_nodes: references.default([]).describe('Nodes, or `start`: what the user said.'),
  output_nodes: references.default([]).describe('Nodes, or `end`.'),
  handoffs: z
    .int()
    .min(0)
    .max(1000)
    .nullish()
    .transform((limit) => limit ?? null)
    .describe('How often the node may choose which of its output nodes comes next.'),
  global_output: z.boolean().default(false).describe('Whether other nodes may name it in their `context`.'),
  context: references.default([]),
  context_mode: contextMode.default('all'),
  output_enabled: z
    .boolean()
    .default(true)
    .describe('False: the output of the node is what its tools answered, not what it said.'),
  is_subgraph: z.boolean().default(false),
  subgraph_name: z
    .string()
    .max(MAX_NAME)
    .nullish()
    .transform((name) => name || null),
  position: z
    .object({ x: z.number(), y: z.number() })
    .nullish()
    .transform((position) => position ?? null)
    .describe('Where an editor draws it.'),
  save: z
    .string()
    .max(64)
    .nullish()
    .transform((extension) => extension?.toLowerCase().replaceAll(/[^a-z0-9]/g, '') || null)
    .describe('Keeps each output of the node as a file with this extension.'),
  max_iterations: z
    .int()
    .min(1)
    .max(200)
    .nullish()
    .transform((limit) => limit ?? null)
    .describe('How many model calls one execution may take. Default: CHAT_MAX_ITERATIONS.'),
  timeout_seconds: z
    .number()
    .positive()
    .max(86_400)
    .nullish()
    .transform((seconds) => seconds ?? null)
    .describe('How long one execution may take. Default: as long as the run.'),
});
export type GraphNode = z.output<typeof graphNode>;

/** A graph as people write it. What cannot be told from one field alone is checked by `graphFaults`. */
export const graphConfig = z.object({
  name: graphName,
  description: text(16_384).default(''),
  nodes: z.array(graphNode).max(MAX_NODES),
  end_template: prompt
    .nullish()
    .transform((template) => template ?? null)
    .describe('The result of the graph, with `{node}`, `{node:3}`, `{node:all}` and `{start}`.'),
});
export type GraphConfig = z.output<typeof graphConfig>;
