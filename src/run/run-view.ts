import { formatPosition } from '../protocol/position.js';
import type { RunFinishReason, UsageCounts } from '../protocol/run-event.js';
import type { LogCursor } from './log/run-log.js';
import type { RunRow } from './run.store.js';

/** What `GET /api/runs/{id}` says. */
export interface RunView {
  run_id: string;
  conversation_id: string | null;
  mode: RunRow['mode'];
  model: string;
  /** The agent that answers. */
  agent_name: string | null;
  state: RunRow['state'];
  usage: UsageCounts | null;
  /** The position of the last event, for `GET /api/runs/{id}/events`. */
  cursor: string | null;
  error: { code: string; message: string; retryable: boolean } | null;
  /** Of a completed run. */
  finish_reason: RunFinishReason | null;
  created_at: number;
  /** Null while the run waits for its turn, and when it ended before. */
  started_at: number | null;
  ended_at: number | null;
}

type Terminal = NonNullable<RunView['error']> & { finish_reason: RunFinishReason };

/** `head` is the last position of the run's log, where it is still kept. */
export function runView(row: RunRow, head: LogCursor | null): RunView {
  const position = head ?? lastPosition(row);
  const terminal = row.terminal === null ? null : (JSON.parse(row.terminal) as Partial<Terminal>);
  return {
    run_id: row.id,
    conversation_id: row.conversation_id,
    mode: row.mode,
    model: row.model,
    agent_name: row.agent_name,
    state: row.state,
    usage: row.usage === null ? null : (JSON.parse(row.usage) as UsageCounts),
    cursor: position && formatPosition({ run_id: row.id, ...position }),
    error:
      terminal?.code === undefined
        ? null
        : { code: terminal.code, message: terminal.message ?? '', retryable: terminal.retryable ?? false },
    finish_reason: terminal?.finish_reason ?? null,
    created_at: row.created_at,
    started_at: row.started_at,
    ended_at: row.ended_at,
  };
}

/** Where the log of an ended run ended, for when it is kept no more. */
export function lastPosition({ epoch, last_seq }: RunRow): LogCursor | null {
  return last_seq === null ? null : { epoch, seq: last_seq };
}
