import { END, START, type GraphNode } from '../../protocol/graph.js';
import type { Leaf, Scope } from './scope.js';

/** A node that may choose what comes next, and how often. */
export interface Handoff {
  /** Tells apart the choices that a node may have: its own, and those of the subgraphs that it is the end of. */
  key: string;
  limit: number;
  targets: readonly Target[];
}

export interface Target {
  /** Its name where the choice is written. */
  name: string;
  description: string;
  /** The nodes that run when it is chosen. */
  ids: readonly string[];
}

/** That one node comes after another. */
export interface Edge {
  from: string;
  to: string;
  /** `to` names `from` among its inputs. */
  isInput: boolean;
  /** `from` names `to` among its outputs and does not choose between them. */
  isOutput: boolean;
  /** `to` is one of those that `from` may choose. */
  isChoice: boolean;
}

/** Between what a node says and what it is inside of: its own scope and, where it is the end of that, the ones around. */
function* outwards(leaf: Leaf): Generator<{ scope: Scope; node: GraphNode }> {
  let node: GraphNode | undefined = leaf.config;
  for (let scope: Scope | undefined = leaf.scope; scope && node; node = scope.node, scope = scope.parent) {
    yield { scope, node };
    if (!node.output_nodes.includes(END)) return;
  }
}

/** What a node may choose between. */
export function handoffsOf(leaf: Leaf): Handoff[] {
  return [...outwards(leaf)].flatMap(({ scope, node }): Handoff[] => {
    const targets = targetsOf(scope, node);
    if ((node.handoffs ?? 0) === 0 || targets.length === 0) return [];
    return [{ key: scope.path + node.name, limit: node.handoffs ?? 0, targets }];
  });
}

function targetsOf(scope: Scope, node: GraphNode): Target[] {
  return [...new Set(node.output_nodes)]
    .filter((name) => name !== END)
    .map((name) => ({
      name,
      description: scope.nodeOf(name)?.description ?? '',
      ids: scope.entriesOf(name).map(({ id }) => id),
    }));
}

/** Every edge, each pair of nodes once. */
export function edgesOf(root: Scope): Edge[] {
  const edges = new Map<string, Edge>();
  const add = (from: Leaf, to: string, what: Partial<Edge>) => {
    const key = JSON.stringify([from.id, to]);
    const edge = edges.get(key) ?? { from: from.id, to, isInput: false, isOutput: false, isChoice: false };
    edges.set(key, Object.assign(edge, what));
  };
  for (const leaf of root.leaves)
    for (const { scope, node } of outwards(leaf))
      for (const { ids } of targetsOf(scope, node))
        for (const id of ids)
          add(leaf, id, (node.handoffs ?? 0) > 0 ? { isChoice: true } : { isOutput: true });
  for (const { scope, node } of nodesOf(root))
    for (const input of node.input_nodes)
      if (input !== START)
        for (const from of scope.exitsOf(input))
          for (const to of scope.entriesOf(node.name)) add(from, to.id, { isInput: true });
  return [...edges.values()];
}

/** All nodes of all graphs, subgraph nodes too. */
function nodesOf(root: Scope): { scope: Scope; node: GraphNode }[] {
  const scopes = new Set<Scope>([root]);
  for (const leaf of root.leaves)
    for (let at: Scope | undefined = leaf.scope; at; at = at.parent) scopes.add(at);
  return [...scopes].flatMap((scope) => scope.graph.nodes.map((node) => ({ scope, node })));
}
