import { lastText, messagesOfRun, nodesOfRun } from '../../conversation/messages-of-run.js';
import { toOpenAiUsage } from '../../protocol/openai-usage.js';
import type { GraphExecuteRequest } from '../../protocol/requests.js';
import type { RunState } from '../../protocol/run-state.js';

/** The answer of `stream: false` (D-63). `state.model` is the graph: it is what answers. */
export function graphCompletion(request: GraphExecuteRequest, state: RunState): object {
  const final_result = state.final_result ?? '';
  const said = Map.groupBy(messagesOfRun(state), (message) =>
    message.role === 'user' ? undefined : message.node_run_id,
  );
  return {
    run_id: state.run_id,
    conversation_id: state.conversation_id,
    graph_name: state.model,
    input: request.input_text?.trim() ?? '',
    output: final_result,
    final_result,
    execution_chain: state.execution_chain ?? [],
    node_results: nodesOfRun(state).map((node) => ({
      ...node,
      output: lastText(said.get(node.node_run_id) ?? []),
    })),
    completed: state.phase === 'completed',
    ...(state.usage && { usage: toOpenAiUsage(state.usage) }),
    ...(state.warnings.length > 0 && { warnings: state.warnings }),
  };
}
