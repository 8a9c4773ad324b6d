import type {
  DesignFault,
  DesignReason,
  EventOf,
  FinishReason,
  NodeStatus,
  RunFinishReason,
  RunMode,
  TokenLogprob,
  ToolStatus,
  UsageCounts,
} from './run-event.js';

/**
 * A run folded from its events: what the finisher stores, what a snapshot carries and what the UI shows. One reducer for
 * the server and the browser, so that they cannot disagree.
 */
export type RunPhase =
  'queued' | 'running' | 'suspended' | 'completed' | 'failed' | 'cancelled' | 'interrupted';

interface PartBase {
  step_id: string;
  node_run_id?: string;
  /** False until the part's end was seen; a call of the client's ends when it is handed over. */
  ended: boolean;
}
export interface TextPart extends PartBase {
  kind: 'text' | 'reasoning';
  part_id: string;
  message_id: string;
  text: string;
}
export interface RefusalPart extends PartBase {
  kind: 'refusal';
  message_id: string;
  text: string;
}
export interface ToolCallPart extends PartBase {
  kind: 'tool_call';
  tool_call_id: string;
  message_id: string;
  name: string;
  index: number;
  executor: EventOf<'tool_call.started'>['executor'];
  server?: string;
  tool?: string;
  /** The arguments as the model wrote them. */
  args: string;
  /** The parsed arguments, once they were complete and valid. */
  input?: unknown;
  invalid?: string;
  progress?: { progress: number; total?: number; message?: string };
  /** The question whether this call may run; it is pending until it has a decision. */
  approval?: ToolApproval;
  result?: {
    result_message_id: string;
    status: ToolStatus;
    content: string;
    output?: unknown;
    duration_ms: number;
  };
}
export interface ToolApproval {
  approval_id: string;
  message: string;
  expires_at: number;
  decision?: EventOf<'approval.resolved'>['decision'];
  reason?: string;
}
export interface NodePart {
  kind: 'node';
  node_run_id: string;
  node_name: string;
  level: number;
  parent_node_run_id?: string;
  /** The call of a tool that this node answers. */
  tool_call_id?: string;
  ended: boolean;
  status?: NodeStatus;
  duration_ms?: number;
}
export type RunPart = TextPart | RefusalPart | ToolCallPart | NodePart;

export interface StepState {
  step_id: string;
  index: number;
  model: string;
  node_run_id?: string;
  message_id?: string;
  message_ended?: boolean;
  finish_reason?: FinishReason;
  usage?: UsageCounts;
  /** Of the text and of the refusal, where the request asked for them. */
  logprobs?: { content?: TokenLogprob[]; refusal?: TokenLogprob[] };
}

export interface RunError {
  code: string;
  error_type: string;
  message: string;
  retryable: boolean;
  retry_after_ms?: number;
}

export interface DesignResult {
  /** True when the graph is stored. */
  completed: boolean;
  message: string;
  /** The graph that was stored, or that is in the way. */
  graph_name?: string;
  reason?: DesignReason;
  missing_fields?: string[];
  faults?: DesignFault[];
}

export interface RunState {
  run_id: string;
  /** The last event folded in; 0 before the first. */
  seq: number;
  phase: RunPhase;
  mode: RunMode;
  model: string;
  agent_name?: string;
  conversation_id?: string;
  title?: string;
  tags?: string[];
  /** In the order in which they began. */
  parts: RunPart[];
  steps: StepState[];
  warnings: { code: string; message: string }[];
  usage?: UsageCounts;
  finish_reason?: RunFinishReason;
  final_result?: string;
  execution_chain?: string[][];
  /** How the design of a graph was ended. */
  design?: DesignResult;
  error?: RunError;
  cancelled?: Pick<EventOf<'run.cancelled'>, 'by' | 'reason' | 'stopped' | 'kept'>;
}

export function emptyRunState(run_id: string): RunState {
  return { run_id, seq: 0, phase: 'queued', mode: 'chat', model: '', parts: [], steps: [], warnings: [] };
}

export function isEnded(phase: RunPhase): boolean {
  return phase === 'completed' || phase === 'failed' || phase === 'cancelled' || phase === 'interrupted';
}

/**
 * Says what a reader that has applied everything up to `seq` does with an event (or with a frame that it skips): take the
 * next, ignore one it has, and treat a jump as a fault (it resumes from its position).
 */
export function sequenceOf(seq: number, event: { seq: number; from_seq?: number }): 'next' | 'seen' | 'gap' {
  if (event.seq <= seq) return 'seen';
  return (event.from_seq ?? event.seq) === seq + 1 ? 'next' : 'gap';
}
