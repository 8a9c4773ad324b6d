import type { RunContext, RunResult } from '../../run/run-program.js';

/** A context whose writes are done at once, and that keeps the result. */
export class TestContext implements RunContext {
  readonly runId = 'run';
  readonly owner = { tenant_id: 't', user_id: 'u' };
  result: RunResult | undefined;

  constructor(
    readonly signal: AbortSignal = new AbortController().signal,
    readonly round = 1,
  ) {}

  estimateInput = (): void => {};
  keep = async (write: (epoch: number) => Promise<boolean>): Promise<void> => void (await write(1));
  complete = (result: RunResult): void => {
    this.result = result;
  };
}
