import { emptyNode, END, START, type GraphConfig, type GraphNode } from './config.js';

/** The first of `name`, `name 2`, `name 3`… that no node has. */
export function freeName(nodes: readonly GraphNode[], name: string): string {
  const taken = new Set([START, END, ...nodes.map((node) => node.name)]);
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name} ${count}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** Adds a node after the others: the first one is asked at once, a later one after the last. */
export function addNode(graph: GraphConfig, fields: Partial<GraphNode> & { name: string }): GraphConfig {
  const last = graph.nodes.at(-1);
  const node = { ...emptyNode, input_nodes: [last?.name ?? START], ...fields };
  return { ...graph, nodes: [...graph.nodes, { ...node, name: freeName(graph.nodes, fields.name) }] };
}

export function changeNode(graph: GraphConfig, index: number, fields: Partial<GraphNode>): GraphConfig {
  const before = graph.nodes[index];
  if (!before) return graph;
  const changed = { ...graph, nodes: graph.nodes.with(index, { ...before, ...fields }) };
  const { name } = fields;
  if (name === undefined || name === '' || before.name === '') return changed;
  // While two nodes have a name, nobody knows which of them is meant.
  const isShared = graph.nodes.some(
    (node, at) => at !== index && (node.name === before.name || node.name === name),
  );
  return isShared ? changed : renamed(changed, before.name, name);
}

export function moveNode(graph: GraphConfig, index: number, by: -1 | 1): GraphConfig {
  const node = graph.nodes[index];
  const other = graph.nodes[index + by];
  if (!node || !other) return graph;
  return { ...graph, nodes: graph.nodes.with(index, other).with(index + by, node) };
}

export function copyNode(graph: GraphConfig, index: number): GraphConfig {
  const node = graph.nodes[index];
  if (!node) return graph;
  const copy = { ...node, name: freeName(graph.nodes, node.name) };
  return { ...graph, nodes: graph.nodes.toSpliced(index + 1, 0, copy) };
}

/** Removes a node, and the names of it in others. */
export function removeNode(graph: GraphConfig, index: number): GraphConfig {
  const gone = graph.nodes[index];
  const nodes = graph.nodes.toSpliced(index, 1);
  if (!gone || nodes.some(({ name }) => name === gone.name)) return { ...graph, nodes };
  const without = (names: readonly string[]) => names.filter((name) => name !== gone.name);
  return { ...graph, nodes: nodes.map((node) => withReferences(node, without)) };
}

function renamed(graph: GraphConfig, from: string, to: string): GraphConfig {
  const inNames = (names: readonly string[]) => names.map((name) => (name === from ? to : name));
  const inText = (text: string) =>
    text.replace(/\{([^{}]+)\}/g, (whole, inside: string) => {
      if (inside === from) return `{${to}}`;
      return inside.startsWith(`${from}:`) ? `{${to}${inside.slice(from.length)}}` : whole;
    });
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...withReferences(node, inNames),
      system_prompt: inText(node.system_prompt),
      user_prompt: inText(node.user_prompt),
    })),
    end_template: graph.end_template === null ? null : inText(graph.end_template),
  };
}

function withReferences(node: GraphNode, change: (names: readonly string[]) => string[]): GraphNode {
  return {
    ...node,
    input_nodes: change(node.input_nodes),
    output_nodes: change(node.output_nodes),
    context: change(node.context),
  };
}
