/**
 * Which runs are read by which processes, as far as they say so. A mark ends by itself when its process does not renew it, so that
 * one that dies stops counting. Every method rejects as the log does.
 */
export interface ReaderMarks {
  /** This process reads these runs, for as long as a lease more. */
  mark(runIds: readonly string[]): Promise<void>;
  /** It reads this one no more. */
  unmark(runId: string): Promise<void>;
  /** Those of these runs that any process says it reads. */
  marked(runIds: readonly string[]): Promise<ReadonlySet<string>>;
}
