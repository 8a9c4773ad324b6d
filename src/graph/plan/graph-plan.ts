import type { GraphConfig } from '../../protocol/graph.js';
import { edgesOf, handoffsOf, type Edge, type Handoff } from './edges.js';
import { flatten } from './flatten.js';
import type { Leaf, Scope } from './scope.js';

export interface PlanNode extends Leaf {
  /** The length of the longest way to it. */
  level: number;
  handoffs: readonly Handoff[];
  /** Whether the user's input alone lets it run. What another node may choose waits to be chosen, also with that input. */
  isRoot: boolean;
  /** What must have run, or have been left out, before it. Without the edges that close loops. */
  before: readonly Edge[];
  after: readonly Edge[];
}

/**
 * A graph made ready to run: the graphs inside of it in their places, and the order of its nodes. Edges that lead back to where they
 * came from close loops; nothing waits for them, so that a loop begins where it is entered (D-46).
 */
export class GraphPlan {
  /** In the order in which they are written. */
  readonly nodes: readonly PlanNode[];
  readonly #byId: ReadonlyMap<string, PlanNode>;
  readonly #below = new Map<string, ReadonlySet<string>>();

  private constructor(readonly root: Scope) {
    const edges = edgesOf(root);
    const entries = new Set(root.entries().map(({ id }) => id));
    const ids = root.leaves.map(({ id }) => id);
    const { forward, roots } = withoutLoops(ids, edges, entries);
    const levels = levelsOf(ids, forward);
    const before = Map.groupBy(forward, ({ to }) => to);
    const after = Map.groupBy(forward, ({ from }) => from);
    this.nodes = root.leaves.map((leaf) => {
      const edgesBefore = before.get(leaf.id) ?? [];
      return {
        ...leaf,
        level: levels.get(leaf.id) ?? 0,
        handoffs: handoffsOf(leaf),
        isRoot: roots.has(leaf.id) && !edgesBefore.some(({ isChoice }) => isChoice),
        before: edgesBefore,
        after: after.get(leaf.id) ?? [],
      };
    });
    this.#byId = new Map(this.nodes.map((node) => [node.id, node]));
  }

  /** `graphs` holds all the graphs inside. Throws `invalid_graph`. */
  static of(graph: GraphConfig, graphs: ReadonlyMap<string, GraphConfig>): GraphPlan {
    return new GraphPlan(flatten(graph, graphs));
  }

  node(id: string): PlanNode {
    const node = this.#byId.get(id);
    if (!node) throw new Error(`The plan has no node ${id}`);
    return node;
  }

  /** A node and all that comes after it. */
  from(id: string): ReadonlySet<string> {
    const known = this.#below.get(id);
    if (known) return known;
    const found = new Set<string>();
    const waiting = [id];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      waiting.push(...this.node(next).after.map(({ to }) => to));
    }
    this.#below.set(id, found);
    return found;
  }
}

/**
 * Leaves out the edges that lead back to a node on the way from a root to them (depth first). What no root leads to becomes a root:
 * every node has its turn.
 */
function withoutLoops(
  ids: readonly string[],
  edges: readonly Edge[],
  entries: ReadonlySet<string>,
): { forward: Edge[]; roots: Set<string> } {
  const position = new Map(ids.map((id, at) => [id, at]));
  const order = ({ to }: Edge) => position.get(to) ?? 0;
  const from = Map.groupBy(edges, (edge) => edge.from);
  const forward: Edge[] = [];
  const roots = new Set(entries);
  const seen = new Set<string>();
  const onTheWay = new Set<string>();
  const visit = (id: string) => {
    seen.add(id);
    onTheWay.add(id);
    for (const edge of (from.get(id) ?? []).toSorted((a, b) => order(a) - order(b))) {
      if (onTheWay.has(edge.to)) continue;
      forward.push(edge);
      if (!seen.has(edge.to)) visit(edge.to);
    }
    onTheWay.delete(id);
  };
  for (const id of ids) if (roots.has(id) && !seen.has(id)) visit(id);
  for (const id of ids) {
    if (seen.has(id)) continue;
    roots.add(id);
    visit(id);
  }
  return { forward, roots };
}

function levelsOf(ids: readonly string[], forward: readonly Edge[]): Map<string, number> {
  const before = Map.groupBy(forward, ({ to }) => to);
  const levels = new Map<string, number>();
  const levelOf = (id: string): number => {
    const known = levels.get(id);
    if (known !== undefined) return known;
    const level = Math.max(-1, ...(before.get(id) ?? []).map((edge) => levelOf(edge.from))) + 1;
    levels.set(id, level);
    return level;
  };
  for (const id of ids) levelOf(id);
  return levels;
}
