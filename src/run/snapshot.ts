import type { StoredMessage, StoredNode } from '../conversation/stored-message.js';
import { isTerminal, type RunEvent, type TerminalEvent, type UsageCounts } from '../protocol/run-event.js';
import type { RunSnapshot, SnapshotReason } from '../protocol/run-snapshot.js';
import { applyEvent } from '../protocol/apply-event.js';
import { emptyRunState, type RunState } from '../protocol/run-state.js';
import type { LogCursor, RunLog } from './log/run-log.js';
import type { ReadItem, Recovery } from './run-reader.js';
import type { RunRow, StoredRound } from './run.store.js';

/**
 * Folds the log into a snapshot. Null when there is no log (any more), or one that has no base yet. A reader whose events were
 * trimmed is told why the log was.
 */
export async function snapshotFromLog(
  log: RunLog,
  runId: string,
  reason: SnapshotReason,
): Promise<Recovery | null> {
  const head = await log.head(runId);
  if (!head) return null;
  const base = await log.base(runId);
  const state = base ? structuredClone(base.state) : emptyRunState(runId);
  let cursor: LogCursor | null = base ? { epoch: base.epoch, seq: base.through_seq } : null;
  let terminal: RunEvent | undefined;
  for (;;) {
    const read = await log.read(runId, cursor);
    if (read.kind === 'gap') return null;
    if (read.events.length === 0) break;
    for (const event of read.events) {
      if (isTerminal(event)) terminal = event;
      else applyEvent(state, event);
    }
    cursor = read.cursor;
  }
  const why = reason === 'trimmed' && base ? base.reason : reason;
  const snapshot = snapshotOf(state, cursor?.epoch ?? head.epoch, why);
  return {
    items: terminal ? [snapshot, terminal] : [snapshot],
    cursor: cursor ?? { epoch: head.epoch, seq: 0 },
    live: terminal === undefined,
  };
}

/** Makes the snapshot of an ended run from what the database holds, for readers that come after the log's retention. */
export function snapshotFromRow(row: RunRow, round: StoredRound, reason: SnapshotReason): Recovery {
  const seq = row.last_seq ?? 1;
  const state = stateOfRound(row, round);
  state.seq = seq - 1;
  const items: ReadItem[] = [snapshotOf(state, row.epoch, reason)];
  if (row.terminal !== null) {
    const body = JSON.parse(row.terminal) as Omit<TerminalEvent, 'v' | 'run_id' | 'epoch' | 'seq' | 'ts'>;
    items.push({
      v: 1,
      run_id: row.id,
      epoch: row.epoch,
      seq,
      ts: row.ended_at ?? row.created_at,
      ...body,
    } as TerminalEvent);
  }
  return { items, cursor: { epoch: row.epoch, seq }, live: false };
}

/** The snapshot of a run as `state` has it. */
export function snapshotOf(state: RunState, epoch: number, reason: SnapshotReason): RunSnapshot {
  return { type: 'run.snapshot', v: 1, run_id: state.run_id, epoch, through_seq: state.seq, reason, state };
}

function stateOfRound(row: RunRow, round: StoredRound): RunState {
  const state = storedState(row, round);
  state.mode = row.mode;
  if (row.agent_name !== null) state.agent_name = row.agent_name;
  state.phase = 'running';
  if (row.conversation_id !== null) state.conversation_id = row.conversation_id;
  if (row.usage !== null) state.usage = JSON.parse(row.usage) as UsageCounts;
  return state;
}

/** What was said in a run, from its stored messages. */
export function storedState(run: Pick<RunRow, 'id' | 'model'>, { messages, nodes }: StoredRound): RunState {
  const state = emptyRunState(run.id);
  state.model = run.model;
  // A node comes before what it said; those that ran at once stand one after the other.
  const waiting = [...nodes];
  messages.forEach((message) => {
    const node = message.role === 'assistant' ? message.node_run_id : undefined;
    if (waiting.some(({ node_run_id }) => node_run_id === node)) addNodes(state, waiting, node);
    if (message.role === 'assistant') addStep(state, run, message);
    if (message.role === 'tool') addResult(state, message);
  });
  addNodes(state, waiting);
  // Of the server's calls only those are stored that have an outcome.
  for (const part of state.parts)
    if (part.kind === 'tool_call' && part.result === undefined) part.executor = 'client';
  return state;
}

/** Takes nodes out of `waiting` into the state: those up to the one that is named, or all. */
function addNodes(state: RunState, waiting: StoredNode[], last?: string): void {
  for (let node = waiting.shift(); node; node = waiting.shift()) {
    const { usage: _, ...fields } = node;
    state.parts.push({ kind: 'node', ...fields, ended: true });
    if (node.node_run_id === last) return;
  }
}

function addStep(
  state: RunState,
  run: Pick<RunRow, 'id' | 'model'>,
  message: Extract<StoredMessage, { role: 'assistant' }>,
): void {
  const at = state.steps.length;
  const step_id = `${run.id}-step-${at}`;
  const message_id = `${run.id}-message-${at}`;
  const index = state.steps.filter(({ node_run_id }) => node_run_id === message.node_run_id).length;
  const inNode = message.node_run_id === undefined ? {} : { node_run_id: message.node_run_id };
  state.steps.push({ step_id, index, model: run.model, message_id, message_ended: true, ...inNode });
  const texts = [
    { kind: 'reasoning', text: message.reasoning_content ?? '' },
    { kind: 'text', text: message.content },
  ] as const;
  for (const { kind, text } of texts) {
    if (text !== '')
      state.parts.push({
        kind,
        part_id: `${step_id}-${kind}`,
        message_id,
        step_id,
        text,
        ended: true,
        ...inNode,
      });
  }
  (message.tool_calls ?? []).forEach((call, callIndex) =>
    state.parts.push({
      kind: 'tool_call',
      tool_call_id: call.id,
      message_id,
      step_id,
      name: call.function.name,
      index: callIndex,
      executor: 'server',
      args: call.function.arguments,
      ...inputOf(call.function.arguments),
      ended: true,
      ...inNode,
    }),
  );
}

function inputOf(args: string): { input?: unknown } {
  try {
    return { input: JSON.parse(args) as unknown };
  } catch {
    return {};
  }
}

function addResult(state: RunState, message: Extract<StoredMessage, { role: 'tool' }>): void {
  const call = state.parts.findLast(
    (part) => part.kind === 'tool_call' && part.tool_call_id === message.tool_call_id,
  );
  if (call?.kind !== 'tool_call') return;
  call.result = {
    result_message_id: `${call.step_id}-result-${call.index}`,
    status: message.status ?? 'unknown',
    content: message.content,
    duration_ms: 0,
  };
}
