import { isRecord } from '../../state/json.js';
import { emptyGraph, readGraph, type GraphConfig, type GraphNode } from '../graph/config.js';
import { parseJson } from '../shared/json-lines.js';
import { segmentsOf } from './segments.js';

/** The graph that some answers have designed together: what is said later replaces what was said before. */
export function designOf(answers: readonly string[]): GraphConfig {
  let graph: GraphConfig = emptyGraph;
  for (const { tag, text } of answers.flatMap(segmentsOf)) {
    const content = text.trim();
    if (tag === 'graph_name') graph = { ...graph, name: content };
    if (tag === 'graph_description') graph = { ...graph, description: content };
    if (tag === 'end_template') graph = { ...graph, end_template: content };
    if (tag === 'delete_node')
      graph = { ...graph, nodes: graph.nodes.filter(({ name }) => name !== content) };
    const node = tag === 'node' ? readDesignedNode(content) : undefined;
    if (node) graph = { ...graph, nodes: withNode(graph.nodes, node) };
  }
  return graph;
}

/** A node as a model wrote it, also in a fence; undefined when it is none. */
export function readDesignedNode(text: string): GraphNode | undefined {
  const json = /^```\w*\s([^]*?)```$/.exec(text.trim())?.[1] ?? text;
  const { value } = parseJson(json);
  const [node] = isRecord(value) ? readGraph({ nodes: [value] }).nodes : [];
  return node && node.name !== '' ? node : undefined;
}

function withNode(nodes: readonly GraphNode[], node: GraphNode): GraphNode[] {
  const at = nodes.findIndex(({ name }) => name === node.name);
  return at < 0 ? [...nodes, node] : nodes.with(at, node);
}
