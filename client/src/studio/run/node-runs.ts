import type { Block } from '../../state/run-model.js';
import type { NodeBlock } from '../../state/node-block.js';
import { START } from '../graph/config.js';

type Steps = readonly {
  node_run_id?: string;
  usage?: { input_tokens: number; output_tokens: number };
}[];

/** The executions that are not inside of others. The server tells the user's input as a node of its own, which is none here. */
export function topNodes(blocks: readonly Block[]): NodeBlock[] {
  const nodes = blocks.filter((block) => block.kind === 'node');
  const ids = new Set(nodes.map(({ id }) => id));
  return nodes.filter(
    ({ name, nodeRunId }) => name !== START && (nodeRunId === undefined || !ids.has(nodeRunId)),
  );
}

/** What stands in an execution of a node: what it says and calls, and the executions inside of it. */
export function inside(blocks: readonly Block[], id: string): Block[] {
  return blocks.filter((block) => block.nodeRunId === id);
}

/** What the model calls of an execution took; undefined while none has told. */
export function usageOf(steps: Steps, id: string): { input: number; output: number } | undefined {
  const counts = steps.flatMap(({ node_run_id, usage }) => (node_run_id === id && usage ? [usage] : []));
  if (counts.length === 0) return undefined;
  return {
    input: counts.reduce((sum, { input_tokens }) => sum + input_tokens, 0),
    output: counts.reduce((sum, { output_tokens }) => sum + output_tokens, 0),
  };
}

/** The node of the graph as it is drawn: of a graph inside of it, the node that holds that. */
export function drawnName(name: string): string {
  return name.split('.', 1)[0] ?? name;
}

/** The node that an execution handed over to, if one of its calls did that. */
export function handoffOf(block: Block): string | undefined {
  if (block.kind !== 'tool_call') return undefined;
  const [, target] = /^transfer_to_(.+)$/s.exec(block.tool) ?? [];
  if (target === undefined || block.server === 'graph') return target;
  // A stored call has no more than the name that the model knows; its result names the node.
  return /^已选择节点: (.+)$/s.exec(block.result.text)?.[1];
}

/** The beginning of what a node said last, on one line and without the marks of Markdown. */
export function excerptOf(blocks: readonly Block[]): string {
  const text = blocks.findLast((block) => block.kind === 'text')?.document.text ?? '';
  return text
    .slice(0, 600)
    .replace(/```[^]*?(?:```|$)/g, ' ')
    .replace(/[#*_`>|]+/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}
