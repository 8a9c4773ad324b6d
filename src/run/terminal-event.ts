import { MillraceError, errorKinds } from '../protocol/error-code.js';
import type { RunEventBody, RunFinishReason, TerminalEvent } from '../protocol/run-event.js';
import type { RunState } from '../protocol/run-state.js';
import { working } from './active-run.js';
import type { RunResult } from './run-program.js';
import { RunCancelled, RunInterrupted } from './run-cancelled.js';

/** How the work of a run ended: it completed, or with this error. */
export type Outcome = { error?: undefined; result?: RunResult } | { error: unknown; result?: undefined };

export type TerminalBody = Extract<RunEventBody, { type: TerminalEvent['type'] }>;

/** The terminal event of a run, from its state before anything was closed and from how its work ended. */
export function terminalEvent(state: RunState, outcome: Outcome, errorType: string): TerminalBody {
  const { error, result } = outcome;
  if (error === undefined)
    return { type: 'run.completed', finish_reason: result ? 'stop' : finishReason(state), ...result };
  if (error instanceof RunInterrupted) {
    const { text, retryable } = errorKinds.run_interrupted;
    return {
      type: 'run.interrupted',
      code: 'run_interrupted',
      error_type: errorType,
      message: text,
      retryable,
    };
  }
  if (error instanceof RunCancelled) {
    const { by, reason } = error;
    return { type: 'run.cancelled', by, reason, stopped: working(state), kept: kept(state) };
  }
  if (error instanceof MillraceError) {
    return {
      type: 'run.failed',
      code: error.code,
      error_type: errorType,
      message: error.detail,
      retryable: error.retryable,
      ...(error.retryAfterMs !== undefined && { retry_after_ms: error.retryAfterMs }),
    };
  }
  const { text, retryable } = errorKinds.internal;
  return { type: 'run.failed', code: 'internal', error_type: errorType, message: text, retryable };
}

/**
 * A last step that still asks for tools asks the client for them, or the loop was ended at its limit. An agent that another one called
 * says nothing of how the run ended.
 */
function finishReason({ steps, parts }: RunState): RunFinishReason {
  switch ((steps.findLast(({ node_run_id }) => node_run_id === undefined) ?? steps.at(-1))?.finish_reason) {
    case 'tool_calls':
    case 'function_call':
      return parts.some((part) => part.kind === 'tool_call' && part.executor === 'client')
        ? 'tool_calls'
        : 'max_iterations';
    case 'length':
      return 'length';
    case 'content_filter':
      return 'content_filter';
    case 'stop':
    case undefined:
      return 'stop';
  }
}

function kept(state: RunState): { characters: number; tool_results: number } {
  let characters = 0;
  let results = 0;
  for (const part of state.parts) {
    if (part.kind === 'text' || part.kind === 'refusal') characters += part.text.length;
    if (part.kind === 'tool_call' && part.result) results += 1;
  }
  return { characters, tool_results: results };
}

/** The state of a run in the database, by its terminal event. */
export const STATE_OF = {
  'run.completed': 'completed',
  'run.failed': 'failed',
  'run.cancelled': 'cancelled',
  'run.interrupted': 'interrupted',
} as const;
