import type { NodeOutcome } from '../../chat/operators/in-node.js';
import type { GraphNode } from '../../protocol/graph.js';

/**
 * What the nodes that follow read of a node: what it said last, or, where its output is not enabled, what its tools answered (D-31). To
 * choose the next node is no answer.
 */
export function outputOf(
  { output_enabled }: Pick<GraphNode, 'output_enabled'>,
  { text, messages }: Pick<NodeOutcome, 'text' | 'messages'>,
  handoffTools: ReadonlySet<string>,
): string {
  if (output_enabled) return text;
  const choices = new Set(
    messages.flatMap((message) =>
      message.role === 'assistant'
        ? (message.tool_calls ?? [])
            .filter((call) => handoffTools.has(call.function.name))
            .map(({ id }) => id)
        : [],
    ),
  );
  return messages
    .flatMap((message) =>
      message.role === 'tool' && !choices.has(message.tool_call_id) ? [message.content] : [],
    )
    .join('\n');
}

/** The name of the file that a node's output is kept as; null when it is kept as none. */
export function fileNameOf(
  { name, save }: Pick<GraphNode, 'name' | 'save'>,
  nodeRunId: string,
): string | null {
  return save === null ? null : `${name}_${nodeRunId.slice(-8).toLowerCase()}.${save}`;
}
