import type { RunFinishReason } from '../../../protocol/run-event.js';

/** Why a message ended, in the AI SDK's words. An answer that a limit of ours ended was cut short. */
export const AI_SDK_FINISH_REASONS = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  content_filter: 'content-filter',
  max_iterations: 'length',
} as const satisfies Record<RunFinishReason, string>;
