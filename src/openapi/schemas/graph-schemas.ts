import { z } from 'zod';
import { graphArchive, readmeRequest } from '../../graph/graph-archive.js';
import { generateGraphRequest } from '../../protocol/graph-design.js';
import { graphConfig } from '../../protocol/graph.js';
import { designFault, designReason } from '../../protocol/run-event.js';
import { chatCompletion } from './answer-schemas.js';

const done = { status: z.literal('success'), message: z.string() };
const count = z.int().nonnegative();

/** The bodies and answers of the graph routes, by the name of their component. */
export const graphSchemas = {
  Graph: graphConfig.describe('A graph as people write it (docs/graphs.md).'),
  GraphList: z.array(z.string()),
  GenerateGraphRequest: generateGraphRequest,
  DesignTurn: chatCompletion
    .extend({
      completion: z.object({ graph_name: z.string(), message: z.string() }).optional(),
      incomplete: z
        .object({
          message: z.string(),
          missing_fields: z.array(z.string()),
          reason: designReason,
          faults: z.array(designFault).optional(),
          graph_name: z.string().optional(),
        })
        .optional(),
    })
    .describe('A turn of the design of a graph; the one that ends it has `completion` or `incomplete`.'),
  GraphChanged: z.object(done),
  GraphFaults: z.object({
    valid: z.boolean(),
    errors: z.array(
      z.object({
        type: z.string(),
        loc: z.array(z.string()).describe('The path in the graph.'),
        msg: z.string(),
        graph: z.string(),
        node: z.string().nullable().describe('Null for what is wrong with the whole graph.'),
      }),
    ),
  }),
  GraphReadmeRequest: readmeRequest,
  GraphReadme: z.object({ name: z.string(), config: graphConfig, readme: z.string() }),
  GraphVersions: z.object({
    name: z.string(),
    versions: z
      .array(z.object({ version: count, created_at: count.describe('Unix milliseconds.'), nodes: count }))
      .describe('Newest first.'),
  }),
  GraphArchive: graphArchive,
  GraphExamples: z.array(
    z.object({ name: z.string(), description: z.string(), nodes: count, document: graphArchive }),
  ),
  RunFiles: z.object({
    run_id: z.string(),
    files: z.array(z.object({ name: z.string(), node_name: z.string(), node_run_id: z.string() })),
  }),
  GraphImported: z.object({ ...done, name: z.string() }),
} as const satisfies Record<string, z.ZodType>;
