import type { ErrorCode } from '../protocol/error-code.js';

/** What the end of a run may be, where its answer has a status. */
export const runErrors: readonly ErrorCode[] = [
  'upstream_rejected',
  'context_length_exceeded',
  'content_policy_violation',
  'upstream_unauthorized',
  'upstream_rate_limited',
  'upstream_unavailable',
  'upstream_cut',
  'upstream_garbage',
  'first_chunk_timeout',
  'chunk_gap_timeout',
  'run_timeout',
  'run_interrupted',
  'storage_failed',
  'storage_full',
];
