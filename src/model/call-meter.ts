/** Is told how one call of a model goes, for the metrics. */
export interface CallMeter {
  /** The model has given the first of its answer. */
  answering(): void;
  /** An attempt has failed, and another will be made. */
  retrying(): void;
  /** The call is over: `completed`, `cancelled`, or the code of the error that ended it. */
  ended(outcome: string): void;
}
