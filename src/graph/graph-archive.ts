import { z } from 'zod';
import { graphConfig, type GraphConfig } from '../protocol/graph.js';

const MAX_README = 262_144;

const readme = z
  .string()
  .max(MAX_README)
  .transform((text) => text.replaceAll('\0', '').toWellFormed());

/** `PUT /api/graphs/{name}/readme` */
export const readmeRequest = z.object({ readme });
export type ReadmeRequest = z.output<typeof readmeRequest>;

/** A graph as a document, with the graphs inside of it: what export writes and import reads. */
export const graphArchive = z
  .strictObject({
    format: z.literal('millrace.graph'),
    version: z.literal(1),
    graph: graphConfig,
    subgraphs: z.array(graphConfig).max(100).default([]),
    readme: readme.default(''),
    overwrite: z
      .boolean()
      .optional()
      .describe(
        'For an import: whether it may replace graphs of the same names that differ. Default: it may not.',
      ),
  })
  .refine(({ graph, subgraphs }) => {
    const names = [graph, ...subgraphs].map(({ name }) => name);
    return new Set(names).size === names.length;
  }, 'two graphs have the same name');
export type GraphArchive = z.output<typeof graphArchive>;

/** `graphs` holds the graph and all the graphs inside of it. */
export function archiveOf(
  graph: GraphConfig,
  graphs: ReadonlyMap<string, GraphConfig>,
  text: string,
): GraphArchive {
  return {
    format: 'millrace.graph',
    version: 1,
    graph,
    subgraphs: [...graphs.values()].filter(({ name }) => name !== graph.name),
    readme: text,
  };
}
