import { END, START, type GraphConfig, type GraphNode } from '../protocol/graph.js';

/**
 * A graph as a Mermaid flowchart: solid arrows say what runs after what, dashed ones what a node may hand over to, dotted ends what
 * reads global outputs.
 */
export function mermaidOf({ nodes }: GraphConfig): string {
  const ids = new Map(nodes.map(({ name }, index) => [name, `n${index}`]));
  const idOf = (name: string) => (name === START || name === END ? name : ids.get(name));
  const lines = new Set<string>();
  const arrow = (from: string, kind: string, to: string) => {
    const [source, target] = [idOf(from), idOf(to)];
    if (source !== undefined && target !== undefined) lines.add(`  ${source} ${kind} ${target}`);
  };
  for (const node of nodes) {
    for (const output of node.output_nodes)
      if (mayHandOver(node) && output !== END) arrow(node.name, '-.->|handoff|', output);
      else arrow(node.name, '-->', output);
  }
  for (const node of nodes) {
    for (const input of node.input_nodes) {
      const source = nodes.find(({ name }) => name === input);
      // What it may hand over to is drawn already.
      if (source && mayHandOver(source) && source.output_nodes.includes(node.name)) continue;
      arrow(input, '-->', node.name);
    }
    for (const name of node.context) arrow(name, '-.-o', node.name);
  }
  return [
    'flowchart TD',
    `  ${START}([${START}])`,
    ...nodes.map((node) => `  ${ids.get(node.name)}${shape(node)}`),
    `  ${END}([${END}])`,
    ...lines,
    '',
  ].join('\n');
}

function mayHandOver({ handoffs }: GraphNode): boolean {
  return (handoffs ?? 0) > 0;
}

function shape(node: GraphNode): string {
  const detail = node.is_subgraph ? node.subgraph_name : node.model_name;
  const label = [node.name, ...(detail ? [detail] : [])].map(escape).join('<br/>');
  return node.is_subgraph ? `[["${label}"]]` : `["${label}"]`;
}

/** Mermaid's own entities (https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters). */
function escape(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} _-]/gu, (character) => `#${character.codePointAt(0)};`);
}
