import type { RunState, StepState } from '../protocol/run-state.js';
import { openToolCalls } from './close-open-parts.js';
import type { Readers } from './readers.js';
import type { RunProgram } from './run-program.js';
import type { RunToken } from './run-token.js';
import type { RunWriter } from './run-writer.js';

/** A run that this process executes. */
export interface ActiveRun {
  readonly id: string;
  readonly program: RunProgram;
  /** The number of its round in the conversation. */
  readonly round: number | undefined;
  readonly writer: RunWriter;
  readonly token: RunToken;
  /** The root of the run's abort tree. */
  readonly abort: AbortController;
  /** Absent for a run that goes on without readers. */
  readonly readers: Readers | undefined;
}

/** What is still working: told by the receipt of a cancel, before the cancel ends it. */
export function working(state: RunState): { model: boolean; tool_call_ids: string[] } {
  const ended = new Set(
    state.parts.flatMap((part) => (part.kind === 'node' && part.ended ? part.node_run_id : [])),
  );
  const isAsking = ({ finish_reason, node_run_id }: StepState) =>
    finish_reason === undefined && (node_run_id === undefined || !ended.has(node_run_id));
  return {
    model: state.steps.some(isAsking),
    tool_call_ids: openToolCalls(state).map((call) => call.tool_call_id),
  };
}
