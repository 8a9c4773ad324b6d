import { Injectable } from '@nestjs/common';
import { isEnded } from '../protocol/run-state.js';
import type { ActiveRun } from '../run/active-run.js';
import { RunExecutor } from '../run/run-executor.js';
import { activeRuns, endedRuns, runFirstChunkSeconds, runSeconds } from './metrics.js';

/** Executes runs and counts them: those at work, how they ended, and how long people waited. */
@Injectable()
export class MeteredRunExecutor extends RunExecutor {
  readonly #began = new WeakMap<ActiveRun, number>();

  override run(active: ActiveRun, before: Promise<void>): Promise<void> {
    this.#began.set(active, performance.now());
    activeRuns.inc({ mode: active.program.mode });
    return super.run(active, before);
  }

  protected override answering(active: ActiveRun): void {
    runFirstChunkSeconds.observe({ mode: active.program.mode }, this.#secondsOf(active));
  }

  protected override ended(active: ActiveRun): void {
    const { mode } = active.program;
    const { state } = active.writer;
    const end = isEnded(state.phase) ? state.phase : 'lost';
    activeRuns.dec({ mode });
    endedRuns.inc({ mode, end, code: state.error?.code ?? '' });
    runSeconds.observe({ mode, end }, this.#secondsOf(active));
  }

  /** Since the run began, on a clock that never jumps. */
  #secondsOf(active: ActiveRun): number {
    return (performance.now() - this.#began.get(active)!) / 1000;
  }
}
