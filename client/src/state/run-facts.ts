import type { UsageCounts } from '../../../src/protocol/run-event.js';
import type { RunError } from '../../../src/protocol/run-state.js';
import { isRecord, stringOf } from './json.js';

/** Reads of `GET /api/runs/{id}` what the stored messages of a round do not say. */
export function readRunFacts(view: unknown): { model?: string; usage?: UsageCounts; error?: RunError } {
  if (!isRecord(view)) return {};
  const { model, usage, error } = view;
  return {
    ...(typeof model === 'string' && { model }),
    ...(isUsage(usage) && { usage }),
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

function isUsage(value: unknown): value is UsageCounts {
  return (
    isRecord(value) && typeof value['input_tokens'] === 'number' && typeof value['output_tokens'] === 'number'
  );
}
