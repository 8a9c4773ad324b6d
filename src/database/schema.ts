/** Who owns a row. Both columns are part of the key of every query; another owner's row does not exist. */
interface Owned {
  tenant_id: string;
  user_id: string;
}

export interface ConversationTable extends Owned {
  id: string;
  type: 'chat' | 'agent' | 'graph';
  title: string;
  status: 'active' | 'deleted' | 'favorite';
  /** JSON: string[]. */
  tags: string;
  round_count: number;
  prompt_tokens: number;
  completion_tokens: number;
  /** Unix time in milliseconds, here and everywhere. */
  created_at: number;
  updated_at: number;
}

/** One turn: the user's message and what the run made of it. */
export interface RoundTable extends Owned {
  conversation_id: string;
  round: number;
  run_id: string;
  /** JSON: StoredMessage[]. */
  messages: string;
  created_at: number;
}

export interface RunTable extends Owned {
  id: string;
  conversation_id: string | null;
  mode: 'chat' | 'graph' | 'agent';
  model: string;
  state: 'queued' | 'running' | 'suspended' | 'completed' | 'failed' | 'cancelled' | 'interrupted';
  /** The epoch of the log's writer; every write of a run names it. */
  epoch: number;
  /** JSON: the terminal event without its envelope. */
  terminal: string | null;
  /** JSON: UsageCounts. */
  usage: string | null;
  /** The last seq of the log when the run ended. */
  last_seq: number | null;
  idempotency_key: string | null;
  /** SHA-256 of the request, to tell a retry from another request under the same key. */
  request_hash: string | null;
  created_at: number;
  ended_at: number | null;
}

export interface Database {
  conversations: ConversationTable;
  rounds: RoundTable;
  runs: RunTable;
}
