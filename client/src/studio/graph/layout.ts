import { END, START, mayHandOver, type GraphNode } from './config.js';

/** What a picture needs to know of a node. */
export type LayoutNode = Pick<GraphNode, 'name' | 'input_nodes' | 'output_nodes' | 'handoffs' | 'context'>;

export type EdgeKind =
  /** One runs after the other. */
  | 'flow'
  /** One may choose the other. */
  | 'choice'
  /** One reads what the other has said before. */
  | 'context';

export interface LayoutEdge {
  from: string;
  to: string;
  kind: EdgeKind;
  /** It leads back to where it came from. */
  back: boolean;
}

/** A place in a row; a wire passes one where an edge crosses the row. */
export interface Slot {
  name: string;
  wire?: LayoutEdge;
}

export interface Layout {
  /** `start`, the nodes by the length of the longest way to them, `end`. */
  rows: Slot[][];
  edges: LayoutEdge[];
}

/** Places the nodes of a graph in rows so that edges lead downwards, all but those that close loops. */
export function layoutOf(nodes: readonly LayoutNode[]): Layout {
  const edges = withoutLoops(nodes, edgesOf(nodes));
  const levels = levelsOf(nodes, edges);
  const bottom = Math.max(0, ...levels.values()) + 1;
  const rowOf = (name: string): number =>
    name === START ? 0 : name === END ? bottom + 1 : (levels.get(name) ?? 0) + 1;
  const rows: Slot[][] = Array.from({ length: bottom + 2 }, () => []);
  rows[0]?.push({ name: START });
  for (const name of levels.keys()) rows[rowOf(name)]?.push({ name });
  rows[bottom + 1]?.push({ name: END });
  for (const edge of edges) {
    if (edge.back) continue;
    for (let row = rowOf(edge.from) + 1; row < rowOf(edge.to); row += 1)
      rows[row]?.push({ name: wireName(edge), wire: edge });
  }
  return { rows: untangled(rows, edges), edges };
}

function edgesOf(nodes: readonly LayoutNode[]): Omit<LayoutEdge, 'back'>[] {
  const names = new Set(nodes.map(({ name }) => name));
  const edges = new Map<string, Omit<LayoutEdge, 'back'>>();
  const add = (from: string, to: string, kind: EdgeKind): void => {
    const known = (name: string) => names.has(name) || name === START || name === END;
    const key = JSON.stringify([from, to, kind === 'context']);
    if (known(from) && known(to) && !edges.has(key)) edges.set(key, { from, to, kind });
  };
  for (const node of nodes)
    for (const output of node.output_nodes)
      if (output !== START) add(node.name, output, mayHandOver(node) && output !== END ? 'choice' : 'flow');
  for (const node of nodes) {
    for (const input of node.input_nodes) if (input !== END) add(input, node.name, 'flow');
    for (const source of node.context)
      if (!node.input_nodes.includes(source)) add(source, node.name, 'context');
  }
  return [...edges.values()];
}

/** Marks the edges that lead back to a node on the way to them, depth first from the start. */
function withoutLoops(
  nodes: readonly LayoutNode[],
  edges: readonly Omit<LayoutEdge, 'back'>[],
): LayoutEdge[] {
  const all = edges.map((edge) => ({ ...edge, back: false }));
  const state = new Map<string, 'open' | 'done'>();
  const visit = (name: string): void => {
    state.set(name, 'open');
    for (const edge of all.filter(({ from }) => from === name)) {
      // What is read as context may be from long ago: nothing waits for it.
      if (edge.kind === 'context') continue;
      if (state.get(edge.to) === 'open') edge.back = true;
      else if (!state.has(edge.to)) visit(edge.to);
    }
    state.set(name, 'done');
  };
  for (const name of [START, ...nodes.map((node) => node.name)]) if (!state.has(name)) visit(name);
  return all;
}

function levelsOf(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Map<string, number> {
  const levels = new Map(nodes.map(({ name }) => [name, 0]));
  const waits = edges.filter(({ back, kind, from }) => !back && kind !== 'context' && from !== START);
  // Each round settles at least one more level.
  for (let round = 0, moved = true; moved && round < nodes.length; round += 1) {
    moved = false;
    for (const { from, to } of waits) {
      const least = (levels.get(from) ?? 0) + 1;
      if ((levels.get(to) ?? Infinity) >= least) continue;
      levels.set(to, least);
      moved = true;
    }
  }
  // A context from below is drawn upwards, like a loop.
  for (const edge of edges)
    if (edge.kind === 'context' && (levels.get(edge.from) ?? 0) >= (levels.get(edge.to) ?? 0))
      edge.back = true;
  return levels;
}

/** Puts what belongs together under each other: each slot goes where its neighbours in the row above are. */
function untangled(rows: readonly Slot[][], edges: readonly LayoutEdge[]): Slot[][] {
  const result: Slot[][] = [];
  for (const row of rows) {
    const above = result.at(-1) ?? [];
    const places = new Map(above.map(({ name }, index) => [name, index / Math.max(1, above.length - 1)]));
    const middle = above.length > 1 ? undefined : 0;
    const wish = (slot: Slot): number => {
      const sources = slot.wire
        ? [slot.wire]
        : edges.filter(({ back, to, from }) => !back && to === slot.name && from !== to);
      const found = sources
        .map((edge) => places.get(wireName(edge)) ?? places.get(edge.from))
        .filter((place) => place !== undefined);
      return found.length === 0
        ? (middle ?? 0.5)
        : found.reduce((sum, place) => sum + place, 0) / found.length;
    };
    const wishes = new Map(row.map((slot) => [slot, wish(slot)]));
    result.push(row.toSorted((a, b) => (wishes.get(a) ?? 0) - (wishes.get(b) ?? 0)));
  }
  return result;
}

export function wireName({ from, to, kind }: Omit<LayoutEdge, 'back'>): string {
  return `wire ${JSON.stringify([from, to, kind])}`;
}
