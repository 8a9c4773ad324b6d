import { graphConfig, type GraphConfig } from '../../protocol/graph.js';
import type { GraphWorld } from '../graph-faults.js';

type NodeInput = { name: string } & Record<string, unknown>;

/** A graph of nodes that name at least themselves; each has the model `m` unless it is a subgraph or says something else. */
export function graphOf(nodes: readonly NodeInput[], fields: object = {}): GraphConfig {
  return graphConfig.parse({
    name: 'g',
    nodes: nodes.map((node) => ({ ...(!node['is_subgraph'] && { model_name: 'm' }), ...node })),
    ...fields,
  });
}

/** Two nodes at once, then one: the seed's example (contract §11, vector 7). */
export const threeNodes = graphOf([
  { name: 'a', input_nodes: ['start'], output_nodes: ['c'] },
  { name: 'b', input_nodes: ['start'], output_nodes: ['c'] },
  { name: 'c', input_nodes: ['a', 'b'], output_nodes: ['end'] },
]);

/** A writer and a reviewer who may send it back twice (vector 10). */
export const reviewLoop = graphOf([
  { name: 'w', input_nodes: ['start'], output_nodes: ['rev'] },
  { name: 'rev', input_nodes: ['w'], output_nodes: ['w', 'fin'], handoffs: 2 },
  { name: 'fin', input_nodes: ['rev'], output_nodes: ['end'] },
]);

/** The world in which these graphs are stored, with the model `m` and the server `s`. */
export function worldOf(...graphs: GraphConfig[]): GraphWorld {
  return {
    graph: (name) => graphs.find((graph) => graph.name === name),
    hasModel: (name) => name === 'm',
    hasServer: (name) => name === 's',
  };
}
