import type { NodeStatus, ToolStatus } from '../../../src/protocol/run-event.js';
import { emptyRunState, type RunPhase, type RunState } from '../../../src/protocol/run-state.js';
import { isRecord, stringOf } from './json.js';
import { isUsage } from './run-facts.js';

/** A round of `GET /api/chat/conversations/{id}` as the page keeps it. */
export interface StoredRound {
  runId: string;
  prompt: string;
  phase: RunPhase;
  state: RunState;
  place: TurnPlace;
  /** Cancelled while it waited for its turn: nothing came of it, and models never see it. */
  withdrawn: boolean;
}

/** Where a turn stands in its conversation. */
export interface TurnPlace {
  /** The number that the server gave it, in the order in which turns were made; 0 when it is not known yet. */
  round: number;
  /** The turn that this one follows; null: none. Undefined when it is not known yet. */
  afterRunId: string | null | undefined;
  /** The runs of all turns that follow the same one, oldest first, this one included. */
  branches: readonly string[];
}

const PHASES: readonly string[] = [
  'queued',
  'running',
  'suspended',
  'completed',
  'failed',
  'cancelled',
  'interrupted',
];
const NODE_STATUSES: readonly string[] = ['ok', 'error', 'skipped', 'cancelled', 'suspended'];
const TOOL_STATUSES: readonly string[] = ['ok', 'error', 'denied', 'cancelled', 'unknown'];

/**
 * Reads a stored round (contract/seed.md §3.6: a user message, then assistant messages and the results of their tool calls)
 * into the state of a run that has ended. What does not have the shape is left out; nothing throws.
 */
export function readRound(value: unknown, index: number): StoredRound | undefined {
  if (!isRecord(value) || !Array.isArray(value['messages'])) return undefined;
  const runId = typeof value['run_id'] === 'string' ? value['run_id'] : `round-${index}`;
  const phase = PHASES.includes(String(value['state'])) ? (value['state'] as RunPhase) : 'completed';
  const state: RunState = { ...emptyRunState(runId), phase };
  if (typeof value['agent_name'] === 'string') {
    state.mode = 'agent';
    state.agent_name = value['agent_name'];
  }
  if (typeof value['graph_name'] === 'string') {
    state.mode = 'graph';
    state.model = value['graph_name'];
  }
  if (typeof value['final_result'] === 'string') state.final_result = value['final_result'];
  addNodes(state, value['nodes']);
  let prompt = '';
  for (const message of value['messages'] as unknown[]) {
    if (!isRecord(message)) continue;
    const content = typeof message['content'] === 'string' ? message['content'] : '';
    if (message['role'] === 'user') prompt = prompt === '' ? content : `${prompt}\n\n${content}`;
    else if (message['role'] === 'assistant') addStep(state, message, content);
    else if (message['role'] === 'tool') addResult(state, message, content);
  }
  const withdrawn = phase === 'cancelled' && value['started'] === false;
  return { runId, prompt, phase, state, place: placeOf(value, runId), withdrawn };
}

function placeOf(value: Record<string, unknown>, runId: string): TurnPlace {
  const { round, after_run_id: after, branches } = value;
  const named: unknown[] = Array.isArray(branches) ? branches : [];
  return {
    round: typeof round === 'number' ? round : 0,
    afterRunId: typeof after === 'string' || after === null ? after : undefined,
    branches: named.length === 0 ? [runId] : named.filter((one): one is string => typeof one === 'string'),
  };
}

/** A node's model calls are not told one by one: what they took together stands as one more of them. */
function addNodes(state: RunState, nodes: unknown): void {
  for (const node of Array.isArray(nodes) ? (nodes as unknown[]) : []) {
    if (!isRecord(node) || typeof node['node_run_id'] !== 'string') continue;
    const { node_run_id, parent_node_run_id: parent, status, duration_ms: duration, usage } = node;
    state.parts.push({
      kind: 'node',
      node_run_id,
      node_name: stringOf(node['node_name']),
      level: Number(node['level']) || 0,
      ...(typeof parent === 'string' && { parent_node_run_id: parent }),
      ended: true,
      status: NODE_STATUSES.includes(stringOf(status)) ? (status as NodeStatus) : 'ok',
      ...(typeof duration === 'number' && { duration_ms: duration }),
    });
    if (isUsage(usage))
      state.steps.push({ step_id: `${node_run_id}:usage`, index: 0, model: '', node_run_id, usage });
  }
}

function addStep(state: RunState, message: Record<string, unknown>, content: string): void {
  const step_id = `${state.run_id}:${state.steps.length}`;
  const message_id = `${step_id}:message`;
  const node_run_id = stringOf(message['node_run_id']) || undefined;
  const common = { step_id, message_id, node_run_id, ended: true };
  state.steps.push({ step_id, index: state.steps.length, model: '', message_id });
  const reasoning = message['reasoning_content'];
  if (typeof reasoning === 'string' && reasoning !== '') {
    state.parts.push({ ...common, kind: 'reasoning', part_id: `${step_id}:reasoning`, text: reasoning });
  }
  if (content !== '')
    state.parts.push({ ...common, kind: 'text', part_id: `${step_id}:text`, text: content });
  const calls: unknown[] = Array.isArray(message['tool_calls']) ? message['tool_calls'] : [];
  calls.forEach((call, index) => {
    if (!isRecord(call) || typeof call['id'] !== 'string' || !isRecord(call['function'])) return;
    const { name, arguments: args } = call['function'];
    if (typeof name !== 'string') return;
    state.parts.push({
      ...common,
      kind: 'tool_call',
      tool_call_id: call['id'],
      name,
      index,
      executor: 'server',
      args: typeof args === 'string' ? args : '',
    });
  });
}

function addResult(state: RunState, message: Record<string, unknown>, content: string): void {
  const call = state.parts.findLast(
    (part) => part.kind === 'tool_call' && part.tool_call_id === message['tool_call_id'],
  );
  if (call?.kind !== 'tool_call' || call.result) return;
  // The seed stored no status; a result that is there was given.
  const known = TOOL_STATUSES.includes(String(message['status']));
  const status = known ? (message['status'] as ToolStatus) : 'ok';
  call.result = { result_message_id: `${call.tool_call_id}:result`, status, content, duration_ms: -1 };
}
