import type { FinishReason, RunFinishReason } from '../../../protocol/run-event.js';

/** Why an answer ended, in OpenAI's words: clients take any other for unknown. An answer that a limit of ours ended was cut short. */
export function openAiFinishReason(reason: RunFinishReason): FinishReason {
  return reason === 'max_iterations' ? 'length' : reason;
}
