import { messagesOfNode } from '../conversation/messages-of-run.js';
import { toOpenAiUsage } from '../protocol/openai-usage.js';
import type { RunState } from '../protocol/run-state.js';

/**
 * The answer of `stream: false` (contract §1.1): this turn's messages, without the history and without what agents said that it called,
 * and the last text as `output`.
 */
export function chatCompletion(
  request: { model_name: string; user_prompt: string; system_prompt?: string },
  state: RunState,
): object {
  const answers = messagesOfNode(state);
  const last = answers.findLast((message) => message.role === 'assistant');
  const output = last && !last.tool_calls ? last.content : '';
  const system = request.system_prompt?.trim();
  return {
    id: `chatcmpl-${state.run_id}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: request.model_name,
    messages: [
      ...(system ? [{ role: 'system', content: system }] : []),
      { role: 'user', content: request.user_prompt.trim() },
      ...answers,
    ],
    output,
    finish_reason: state.finish_reason ?? (state.cancelled ? 'cancelled' : undefined),
    ...(state.usage && { usage: toOpenAiUsage(state.usage) }),
    ...(state.warnings.length > 0 && { warnings: state.warnings }),
    run_id: state.run_id,
    conversation_id: state.conversation_id,
  };
}
