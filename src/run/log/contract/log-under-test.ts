import type { RunLog } from '../run-log.js';

/** What the contract needs of an implementation, beside the port. */
export interface LogUnderTest extends RunLog {
  /** A handle on the same store, as another process would hold it. An implementation of one process gives itself. */
  peer(): Promise<RunLog>;
  /** Releases the log and its peers. */
  dispose(): void | Promise<void>;
}

/** Makes a log that holds nothing yet. */
export type CreateLog = () => Promise<LogUnderTest>;

export interface ContractOptions {
  /** How often each property is tried. Default 100. */
  propertyRuns?: number;
}

/** What each part of the contract works with. */
export interface Subject {
  log: () => LogUnderTest;
  propertyRuns: number;
}

let runs = 0;

/** Run ids are never used again. */
export function newRunId(): string {
  runs += 1;
  return `contract-${runs}`;
}
