import type { ErrorCode } from '../protocol/error-code.js';
import type { RouteAnswer } from './route.js';

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

/** What the start of a run in a conversation may be refused with, and what its end may be. */
export const startErrors: readonly ErrorCode[] = [
  'idempotency_mismatch',
  'run_not_found',
  'conversation_busy',
  'wrong_conversation_type',
  'shutting_down',
  ...runErrors,
];

/** A native stream. */
export const events: RouteAnswer = {
  description:
    'Frames of the native dialect (docs/protocol.md): `id`, then one `data` line of JSON; `: hb` is a heartbeat. The terminal frame is followed by the literal `[DONE]`, which has no id. An end without it is a cut: resume.',
  content: { eventStream: 'NativeFrame', dialect: 'native' },
  headers: ['RunId', 'ConversationId'],
};
