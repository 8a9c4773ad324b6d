import { MillraceError } from '../../protocol/error-code.js';
import type { GraphConfig } from '../../protocol/graph.js';
import { Scope } from './scope.js';

/** Graphs inside graphs multiply: a few small ones can stand for a million nodes. */
export const MAX_PLAN_NODES = 1000;

/**
 * Puts the graphs inside of a graph in their places. `graphs` holds all of them. Throws `invalid_graph` when one is missing, is inside
 * of itself, or when there are too many nodes.
 */
export function flatten(graph: GraphConfig, graphs: ReadonlyMap<string, GraphConfig>): Scope {
  let count = 0;
  const place = (scope: Scope, around: readonly string[]): Scope => {
    for (const node of scope.graph.nodes) {
      if (!node.is_subgraph) {
        count += 1;
        if (count > MAX_PLAN_NODES) throw invalid(`图展开后的节点数超过 ${MAX_PLAN_NODES}`);
        scope.add(node.name, { id: scope.path + node.name, config: node, scope });
        continue;
      }
      const inner = graphs.get(node.subgraph_name ?? '');
      if (!inner) throw invalid(`子图节点 '${node.name}' 引用了不存在的子图 '${node.subgraph_name}'`);
      if (around.includes(inner.name))
        throw invalid(`检测到循环引用链: ${[...around, inner.name].join(' -> ')}`);
      scope.add(node.name, place(new Scope(inner, scope, node), [...around, inner.name]));
    }
    return scope;
  };
  return place(new Scope(graph), [graph.name]);
}

function invalid(reason: string): MillraceError {
  return new MillraceError('invalid_graph', { detail: `图配置无效: ${reason}` });
}
