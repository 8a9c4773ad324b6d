import { tap } from 'rxjs';
import type { RunEvent, RunEventBody } from '../../protocol/run-event.js';
import { emptyRunState } from '../../protocol/run-state.js';
import { FoldedState } from '../../run/folded-state.js';
import { stepText } from '../../run/step-text.js';
import type { RunContext, RunResult } from '../../run/run-program.js';

/** A context whose writes are done at once, and that keeps the result. What is emitted is to be shown to it (`sees`). */
export class TestContext implements RunContext {
  readonly runId = 'run';
  readonly owner = { tenant_id: 't', user_id: 'u' };
  result: RunResult | undefined;
  readonly #state = new FoldedState(emptyRunState(this.runId));

  constructor(
    readonly signal: AbortSignal = new AbortController().signal,
    readonly round = 1,
  ) {}

  /** As the executor takes what is emitted. */
  readonly sees = tap((bodies: readonly RunEventBody[]) => {
    for (const body of bodies) this.#state.apply(body as RunEvent);
  });

  with = (signal: AbortSignal): RunContext => ({ ...this, signal });
  estimateInput = (): void => {};
  textOf = (stepId: string): string => stepText(this.#state.current, stepId);
  keep = async (write: (epoch: number) => Promise<boolean>): Promise<void> => void (await write(1));
  complete = (result: RunResult): void => {
    this.result = result;
  };
}
