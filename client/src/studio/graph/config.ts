import type { GraphConfig, GraphNode } from '../../../../src/protocol/graph.js';
import { isRecord, stringOf } from '../../state/json.js';
import type { Draft, Kind } from '../shared/draft.js';

export type { GraphConfig, GraphNode };

/** As in src/protocol/graph.ts, whose schemas (and with them zod) must not come into the browser. */
export const START = 'start';
export const END = 'end';

export const emptyNode: Readonly<GraphNode> = {
  name: '',
  description: '',
  model_name: null,
  mcp_servers: [],
  system_prompt: '',
  user_prompt: '',
  input_nodes: [],
  output_nodes: [],
  handoffs: null,
  global_output: false,
  context: [],
  context_mode: 'all',
  output_enabled: true,
  is_subgraph: false,
  subgraph_name: null,
  position: null,
  save: null,
  max_iterations: null,
  timeout_seconds: null,
};

export const emptyGraph: Readonly<GraphConfig> = { name: '', description: '', nodes: [], end_template: null };

/** Whether a node may choose what comes next. */
export function mayHandOver({ handoffs }: Pick<GraphNode, 'handoffs'>): boolean {
  return (handoffs ?? 0) > 0;
}

/** Reads what somebody wrote as a graph, as far as that is possible: what has another type is left out. Never throws. */
export function readGraph(value: unknown): GraphConfig {
  if (!isRecord(value)) return emptyGraph;
  const nodes = Array.isArray(value['nodes']) ? (value['nodes'] as unknown[]) : [];
  return {
    name: stringOf(value['name']),
    description: stringOf(value['description']),
    nodes: nodes.filter(isRecord).map(readNode),
    end_template: typeof value['end_template'] === 'string' ? value['end_template'] : null,
  };
}

function readNode(value: Record<string, unknown>): GraphNode {
  const { position } = value;
  return {
    ...emptyNode,
    ...Object.fromEntries(
      Object.entries(emptyNode).flatMap(([key, empty]) => {
        const read = readField(value[key], empty);
        return read === undefined ? [] : [[key, read]];
      }),
    ),
    context_mode:
      typeof value['context_mode'] === 'number'
        ? String(value['context_mode'])
        : stringOf(value['context_mode']) || 'all',
    ...strings(value, ['model_name', 'subgraph_name', 'save']),
    ...numbers(value, ['handoffs', 'max_iterations', 'timeout_seconds']),
    position: isRecord(position) ? { x: Number(position['x']) || 0, y: Number(position['y']) || 0 } : null,
  };
}

function readField(value: unknown, empty: unknown): unknown {
  if (Array.isArray(empty)) return Array.isArray(value) ? value.map(String) : undefined;
  return typeof value === typeof empty ? value : undefined;
}

function strings(value: Record<string, unknown>, keys: readonly string[]) {
  return Object.fromEntries(keys.map((key) => [key, stringOf(value[key]) || null]));
}

function numbers(value: Record<string, unknown>, keys: readonly string[]) {
  return Object.fromEntries(keys.map((key) => [key, typeof value[key] === 'number' ? value[key] : null]));
}

/** A graph as people read it: what is as it always is, is left out. */
export function writeGraph({ name, description, nodes, end_template }: GraphConfig): string {
  const graph = {
    name,
    ...(description !== '' && { description }),
    nodes: nodes.map(shortNode),
    ...(end_template !== null && { end_template }),
  };
  // Lists of names stand on one line.
  return JSON.stringify(graph, null, 2).replace(
    /\[\s+("(?:[^"\\]|\\.)*"(?:,\s+"(?:[^"\\]|\\.)*")*)\s+\]/g,
    (_, list: string) => `[${list.replace(/\n\s+/g, ' ')}]`,
  );
}

function shortNode(node: GraphNode): object {
  const defaults = new Map<string, unknown>(Object.entries(emptyNode));
  return Object.fromEntries(
    Object.entries(node).filter(
      ([key, value]) =>
        key === 'name' || (Array.isArray(value) ? value.length > 0 : value !== defaults.get(key)),
    ),
  );
}

export type GraphDraft = Draft<GraphConfig>;
export const graphKind: Kind<GraphConfig> = { key: 'graph', read: readGraph, write: writeGraph };
