import { readdirSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { graphArchive, type GraphArchive } from './graph-archive.js';
import type { GraphConfig } from '../protocol/graph.js';

/**
 * The example graphs in `examples/graphs/`, or those in a folder of a language there; in the sources and in the build alike; none where
 * they were not shipped. Throws for a bad one.
 */
export function readExamples(language = '.'): GraphArchive[] {
  const root = findPackageJSON('..', import.meta.url);
  const folder = join(dirname(root ?? '.'), 'examples', 'graphs', language);
  return filesIn(folder).map((file) =>
    graphArchive.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))),
  );
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json') && file !== 'package.json')
      .sort();
  } catch {
    return [];
  }
}

/** An example whose nodes ask this model: the ones in the files may not be configured here. */
export function withModel({ graph, subgraphs, ...rest }: GraphArchive, model: string): GraphArchive {
  const asking = (config: GraphConfig): GraphConfig => ({
    ...config,
    nodes: config.nodes.map((node) => (node.is_subgraph ? node : { ...node, model_name: model })),
  });
  return { ...rest, graph: asking(graph), subgraphs: subgraphs.map(asking) };
}
