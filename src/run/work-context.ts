import type { Owner } from '../auth/owner.js';
import type { ActiveRun } from './active-run.js';
import { keepUnderToken } from './keep-under-token.js';
import type { RunContext, RunResult } from './run-program.js';
import { stepText } from './step-text.js';

/** What the work of a run tells besides its events. */
export interface Told {
  inputEstimates: Map<string, number>;
  result: RunResult | undefined;
}

/** What the executor gives to the work of a run. */
export class WorkContext implements RunContext {
  constructor(
    private readonly active: ActiveRun,
    private readonly told: Told,
    readonly signal: AbortSignal,
  ) {}

  get runId(): string {
    return this.active.id;
  }

  get owner(): Owner {
    return this.active.program.owner;
  }

  get round(): number | undefined {
    return this.active.round;
  }

  with(signal: AbortSignal): RunContext {
    return new WorkContext(this.active, this.told, signal);
  }

  estimateInput(stepId: string, tokens: number): void {
    this.told.inputEstimates.set(stepId, tokens);
  }

  textOf(stepId: string): string {
    return stepText(this.active.writer.state, stepId);
  }

  keep(write: (epoch: number) => Promise<boolean>): Promise<void> {
    // Under the signal of the run, also for a part of it that has one of its own.
    return keepUnderToken(this.active.token, this.active.abort.signal, write);
  }

  complete(result: RunResult): void {
    this.told.result = result;
  }
}
