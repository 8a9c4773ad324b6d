import { isRecord } from './json.js';

/** The history of a conversation was shortened for good. */
export interface Compaction {
  /** Unix time in milliseconds. */
  ts: number;
  kind: 'brutal' | 'precise';
  /** The last round that it saw. */
  round: number;
  messagesBefore: number;
  messagesAfter: number;
  /** Tool results that were summarised. */
  summarized: number;
}

/** Reads the compactions among the `events` of `GET /api/chat/conversations/{id}`; what does not have the shape is left out. */
export function readCompactions(events: unknown): Compaction[] {
  return (Array.isArray(events) ? (events as unknown[]) : []).filter(isRecord).flatMap((event) => {
    const { type, compact_type, round } = event;
    if (type !== 'conversation.compacted' || typeof round !== 'number') return [];
    return {
      ts: Number(event['ts']),
      kind: compact_type === 'precise' ? 'precise' : 'brutal',
      round,
      messagesBefore: Number(event['original_messages']),
      messagesAfter: Number(event['compacted_messages']),
      summarized: Number(event['tool_contents_summarized']),
    };
  });
}
