import type { ModelToolCall } from '../model/model-client.js';
import type { ToolStatus } from '../protocol/run-event.js';

/** A message as it is stored in a round and shown by `GET /api/chat/conversations/{id}`: the seed's shapes. */
export type StoredMessage =
  | { role: 'user'; content: string }
  | { role: 'assistant'; reasoning_content?: string; content: string; tool_calls?: ModelToolCall[] }
  | { role: 'tool'; tool_call_id: string; content: string; status?: ToolStatus };
