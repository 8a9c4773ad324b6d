import type { UsageCounts } from '../protocol/run-event.js';

/**
 * Reads a `usage` object of a chat completion; DeepSeek names its cache hits differently. Undefined when it holds neither count.
 * Fields that are not whole numbers from 0 up are ignored.
 */
export function parseUsage(usage: unknown): UsageCounts | undefined {
  const counts = record(usage);
  const input_tokens = count(counts['prompt_tokens']);
  const output_tokens = count(counts['completion_tokens']);
  if (input_tokens === undefined && output_tokens === undefined) return undefined;

  const prompt = record(counts['prompt_tokens_details']);
  const result: UsageCounts = { input_tokens: input_tokens ?? 0, output_tokens: output_tokens ?? 0 };
  const cached = count(prompt['cached_tokens']) ?? count(counts['prompt_cache_hit_tokens']);
  const written = count(prompt['cache_write_tokens']);
  const reasoning = count(record(counts['completion_tokens_details'])['reasoning_tokens']);
  if (cached !== undefined) result.cached_input_tokens = cached;
  if (written !== undefined) result.cache_write_tokens = written;
  if (reasoning !== undefined) result.reasoning_tokens = reasoning;
  return result;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
