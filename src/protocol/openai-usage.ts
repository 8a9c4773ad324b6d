import type { UsageCounts } from './run-event.js';
import { count, isRecord } from './shape.js';

/** Token counts under OpenAI's names, as `usage` of a chat completion carries them. */
export interface OpenAiUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details?: { cached_tokens?: number; cache_write_tokens?: number };
  completion_tokens_details?: { reasoning_tokens?: number };
}

export function toOpenAiUsage(counts: UsageCounts): OpenAiUsage {
  const { cached_input_tokens, cache_write_tokens, reasoning_tokens } = counts;
  return {
    prompt_tokens: counts.input_tokens,
    completion_tokens: counts.output_tokens,
    total_tokens: counts.input_tokens + counts.output_tokens,
    prompt_tokens_details:
      cached_input_tokens === undefined && cache_write_tokens === undefined
        ? undefined
        : { cached_tokens: cached_input_tokens, cache_write_tokens },
    completion_tokens_details: reasoning_tokens === undefined ? undefined : { reasoning_tokens },
  };
}

/** Reads a provider's or our own `usage`; null counts as absent, and without both totals there is none. */
export function fromOpenAiUsage(usage: unknown): UsageCounts | null {
  if (!isRecord(usage) || !count(usage['prompt_tokens']) || !count(usage['completion_tokens'])) return null;
  const input = isRecord(usage['prompt_tokens_details']) ? usage['prompt_tokens_details'] : {};
  const output = isRecord(usage['completion_tokens_details']) ? usage['completion_tokens_details'] : {};
  const counts: UsageCounts = {
    input_tokens: usage['prompt_tokens'],
    output_tokens: usage['completion_tokens'],
  };
  if (count(input['cached_tokens'])) counts.cached_input_tokens = input['cached_tokens'];
  if (count(input['cache_write_tokens'])) counts.cache_write_tokens = input['cache_write_tokens'];
  if (count(output['reasoning_tokens'])) counts.reasoning_tokens = output['reasoning_tokens'];
  return counts;
}
