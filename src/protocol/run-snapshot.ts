import type { RunState } from './run-state.js';

/** Why a reader got a snapshot instead of the events after its cursor. */
export type SnapshotReason = 'unknown' | 'trimmed' | 'lost' | 'ahead';

/**
 * The run so far, made for one reader whose cursor could not be served. It is never in the log. Its SSE id is the position it
 * stands for (`through_seq` in the current epoch); a reader replaces what it has of this run and goes on after it.
 */
export interface RunSnapshot {
  type: 'run.snapshot';
  v: 1;
  run_id: string;
  epoch: number;
  through_seq: number;
  reason: SnapshotReason;
  state: RunState;
}
