import { toOpenAiUsage } from '../../../protocol/openai-usage.js';
import type { RunState } from '../../../protocol/run-state.js';
import { ulidSeconds } from '../../../protocol/ulid-time.js';
import { answerOf, openAiLogprobs } from './answer.js';
import { openAiFinishReason } from './finish-reason.js';

/** A run that has ended, as OpenAI's `chat.completion`: what the chunks of its stream add up to. */
export function openAiChatCompletion(state: RunState): object {
  const { text, reasoning, refusal, logprobs, calls } = answerOf(state);
  const message = {
    role: 'assistant',
    content: text.text === '' && (calls.length > 0 || refusal.text !== '') ? null : text.text,
    refusal: refusal.text === '' ? null : refusal.text,
    ...(reasoning.text !== '' && { reasoning_content: reasoning.text }),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ tool_call_id, name, args }) => ({
        id: tool_call_id,
        type: 'function',
        function: { name, arguments: args },
      })),
    }),
  };
  return {
    id: `chatcmpl-${state.run_id}`,
    object: 'chat.completion',
    created: ulidSeconds(state.run_id),
    model: state.model,
    choices: [
      {
        index: 0,
        message,
        logprobs: openAiLogprobs(logprobs),
        finish_reason: openAiFinishReason(state.finish_reason ?? 'stop'),
      },
    ],
    ...(state.usage && { usage: toOpenAiUsage(state.usage) }),
  };
}
