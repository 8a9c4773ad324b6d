/** Who owns a row. Both columns are part of the key of every query; another owner's row does not exist. */
interface Owned {
  tenant_id: string;
  user_id: string;
}

export interface ConversationTable extends Owned {
  id: string;
  /** `design`: a graph is designed in dialogue. People are told that it is of type `agent`, as in the seed. */
  type: 'chat' | 'agent' | 'graph' | 'design';
  title: string;
  /** `prompt`: the first words of the prompt, until something better is found. */
  titled_by: 'prompt' | 'model' | 'user';
  status: 'active' | 'deleted' | 'favorite';
  /** JSON: string[]. */
  tags: string;
  /** Title and tags, folded (conversation/search-text.ts). */
  search_text: string;
  round_count: number;
  /** The last round of the branch that is shown and that the next turn follows. */
  head_round: number | null;
  prompt_tokens: number;
  completion_tokens: number;
  /** Unix time in milliseconds, here and everywhere. */
  created_at: number;
  updated_at: number;
}

/** One turn: the user's message and what the run made of it. */
export interface RoundTable extends Owned {
  conversation_id: string;
  /** In the order in which they were made, over all branches. */
  round: number;
  /** The round that this one follows; null for a first one. Rounds with the same one are branches. */
  parent_round: number | null;
  run_id: string;
  /** JSON: StoredMessage[]. */
  messages: string;
  /** JSON: StoredNode[]; null for a round without nodes. */
  nodes: string | null;
  /** What people and the model said, folded. */
  search_text: string;
  created_at: number;
}

export interface RunTable extends Owned {
  id: string;
  conversation_id: string | null;
  mode: 'chat' | 'graph' | 'agent';
  model: string;
  /** The agent that answers; null where none does. */
  agent_name: string | null;
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
  /** When its work began; null while it waits, and for good when it ended before. */
  started_at: number | null;
  ended_at: number | null;
  /** The instance that executes the run. */
  instance_id: string | null;
  /** Whether the run is cancelled when nobody reads it, on any instance. */
  on_disconnect: 'cancel' | null;
  /** Set by an instance that does not execute the run; the one that does looks for it. */
  cancel_requested_at: number | null;
  /** The last seq whose event is in a checkpoint. */
  checkpoint_seq: number | null;
}

/** What happened to a conversation outside of its turns. The next run of it carries the event in its log. */
export interface ConversationEventTable extends Owned {
  conversation_id: string;
  /** A ULID: in the order in which they happened. */
  id: string;
  /** JSON: ConversationEvent (conversation/conversation-event.ts). */
  event: string;
  created_at: number;
  /** The run whose log carries it. */
  logged_by: string | null;
}

/** What an unfinished run has appended, a piece a row; gone when its end is stored. */
export interface CheckpointTable {
  run_id: string;
  seq: number;
  /** JSON: RunEvent[], adjacent deltas merged. */
  events: string;
}

/** The lease of each process that executes runs. */
export interface InstanceTable {
  id: string;
  /** In the database's time. */
  expires_at: number;
}

/** A key with which a program speaks for its owner. The key itself is nowhere; `hash` is its SHA-256, in hex. */
export interface ApiKeyTable extends Owned {
  id: string;
  /** The operator's note: what the key is for. */
  name: string;
  hash: string;
  created_at: number;
  /** Null: it does not expire. */
  expires_at: number | null;
  last_used_at: number | null;
  revoked_at: number | null;
}

/** A graph by its name; its configuration is that of its current version. */
export interface GraphTable extends Owned {
  name: string;
  version: number;
  readme: string;
  created_at: number;
  updated_at: number;
}

export interface GraphVersionTable extends Owned {
  name: string;
  version: number;
  /** JSON: GraphConfig, as it was written. */
  config: string;
  created_at: number;
}

export interface AgentTable extends Owned {
  name: string;
  /** JSON: AgentConfig. */
  config: string;
  created_at: number;
  updated_at: number;
}

/** What a run of a graph was asked for. Its row has the owner. */
export interface GraphRunTable {
  run_id: string;
  graph_name: string;
  /** JSON: GraphConfig[], as they were: the graph first, then those inside of it. Null: it goes on with what the turn before it left. */
  graphs: string | null;
  input: string;
}

/** A node of a graph that has ended well. */
export interface NodeRunTable {
  run_id: string;
  node_run_id: string;
  /** How many nodes had ended before it, in this run and those that it goes on from. */
  ended_as: number;
  /** How many nodes had ended when it began. */
  started_after: number;
  /** Its path in the graph. */
  node_id: string;
  /** JSON: a text, which may hold what PostgreSQL takes in no other way. */
  output: string;
  /** JSON: Choice (graph/plan/scheduler.ts); null when it made none. */
  choice: string | null;
  is_global: 0 | 1;
  /** The output is a file of this name; null: of none. */
  file_name: string | null;
}

/** The graph with which a dialogue about a graph began. */
export interface DesignTable extends Owned {
  conversation_id: string;
  /** JSON: GraphConfig, as it was. */
  base: string;
}

export interface Database {
  api_keys: ApiKeyTable;
  conversations: ConversationTable;
  rounds: RoundTable;
  runs: RunTable;
  conversation_events: ConversationEventTable;
  checkpoints: CheckpointTable;
  instances: InstanceTable;
  graphs: GraphTable;
  graph_versions: GraphVersionTable;
  agents: AgentTable;
  designs: DesignTable;
  graph_runs: GraphRunTable;
  node_runs: NodeRunTable;
}
