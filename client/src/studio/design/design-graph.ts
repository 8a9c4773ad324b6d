import { isRecord } from '../../state/json.js';
import { emptyGraph, readGraph, type GraphConfig, type GraphNode } from '../graph/config.js';
import { parseJson } from '../shared/json-lines.js';
import { segmentsOf, type DesignTag } from './segments.js';

/** The graph that some answers have designed together, by the rules of the server (docs/graph-design.md). */
export function designOf(answers: readonly string[]): GraphConfig {
  return answers.reduce(withAnswer, emptyGraph);
}

/** The first of each simple part counts, nodes replace the one of their name or are added, then come the deletions. */
function withAnswer(graph: GraphConfig, answer: string): GraphConfig {
  const parts = segmentsOf(answer)
    .map(({ tag, text }) => ({ tag, text: text.trim() }))
    .filter(({ text }) => text !== '');
  const all = (wanted: DesignTag) => parts.flatMap(({ tag, text }) => (tag === wanted ? [text] : []));
  const deleted = all('delete_node');
  return {
    ...graph,
    name: all('graph_name')[0] ?? graph.name,
    description: all('graph_description')[0] ?? graph.description,
    end_template: all('end_template')[0] ?? graph.end_template,
    nodes: all('node')
      .flatMap((text) => readDesignedNode(text) ?? [])
      .reduce(withNode, graph.nodes)
      .filter(({ name }) => !deleted.includes(name)),
  };
}

/** A node as a model wrote it, also in a fence; undefined when it is none. */
export function readDesignedNode(text: string): GraphNode | undefined {
  const json = /^```\w*\s([^]*?)```$/.exec(text.trim())?.[1] ?? text;
  const { value } = parseJson(json);
  const [node] = isRecord(value) ? readGraph({ nodes: [value] }).nodes : [];
  return node && node.name !== '' ? node : undefined;
}

function withNode(nodes: readonly GraphNode[], node: GraphNode): readonly GraphNode[] {
  const at = nodes.findIndex(({ name }) => name === node.name);
  return at < 0 ? [...nodes, node] : nodes.with(at, node);
}
