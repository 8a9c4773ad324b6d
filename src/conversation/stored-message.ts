import type { ModelToolCall } from '../model/model-client.js';
import type { NodeStatus, ToolStatus, UsageCounts } from '../protocol/run-event.js';

/** A message as it is stored in a round and shown by `GET /api/chat/conversations/{id}`: the seed's shapes. */
export type StoredMessage =
  | { role: 'user'; content: string }
  | ({
      role: 'assistant';
      reasoning_content?: string;
      content: string;
      tool_calls?: ModelToolCall[];
    } & InNode)
  | ({ role: 'tool'; tool_call_id: string; content: string; status?: ToolStatus } & InNode);

interface InNode {
  /** Names one of the nodes of the round. */
  node_run_id?: string;
}

/** A node of a round: one execution of a node of a graph, or of an agent that another one called. In the order in which they began. */
export interface StoredNode {
  node_run_id: string;
  node_name: string;
  level: number;
  /** The node that it is inside of. */
  parent_node_run_id?: string;
  /** The call of a tool that it answers. */
  tool_call_id?: string;
  status: NodeStatus;
  duration_ms: number;
  /** What its own model calls used; absent when no provider told. */
  usage?: UsageCounts;
}
