import type { RunFinishReason, UsageCounts } from '../../../src/protocol/run-event.js';
import type { RunState } from '../../../src/protocol/run-state.js';
import { isRecord, stringOf } from './json.js';

/** Reads of `GET /api/runs/{id}` what the stored messages of a round do not say. */
export function readRunFacts(
  view: unknown,
): Partial<Pick<RunState, 'model' | 'usage' | 'error' | 'finish_reason'>> {
  if (!isRecord(view)) return {};
  const { model, usage, error, finish_reason: reason } = view;
  return {
    ...(typeof model === 'string' && { model }),
    ...(isUsage(usage) && { usage }),
    ...(isFinishReason(reason) && { finish_reason: reason }),
    ...(isRecord(error) && {
      error: {
        code: stringOf(error['code']),
        error_type: 'api_error',
        message: stringOf(error['message']),
        retryable: error['retryable'] === true,
      },
    }),
  };
}

const FINISH_REASONS: readonly unknown[] = [
  'stop',
  'length',
  'tool_calls',
  'content_filter',
  'max_iterations',
] satisfies RunFinishReason[];

function isFinishReason(value: unknown): value is RunFinishReason {
  return FINISH_REASONS.includes(value);
}

export function isUsage(value: unknown): value is UsageCounts {
  return (
    isRecord(value) && typeof value['input_tokens'] === 'number' && typeof value['output_tokens'] === 'number'
  );
}
