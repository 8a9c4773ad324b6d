import { Injectable } from '@nestjs/common';
import { tap } from 'rxjs';
import type { RunEventBody } from '../protocol/run-event.js';
import { isEnded } from '../protocol/run-state.js';
import type { ActiveRun } from '../run/active-run.js';
import { RunExecutor } from '../run/run-executor.js';
import type { RunProgram } from '../run/run-program.js';
import { activeRuns, endedRuns, runFirstChunkSeconds, runSeconds } from './metrics.js';

/** Executes runs and counts them: those at work, how they ended, and how long people waited. */
@Injectable()
export class MeteredRunExecutor extends RunExecutor {
  override async run(active: ActiveRun, before: Promise<void>): Promise<void> {
    const { mode } = active.program;
    const { state } = active.writer;
    const sinceStart = stopwatch();
    activeRuns.inc({ mode });
    const program = withFirstChunk(active.program, () =>
      runFirstChunkSeconds.observe({ mode }, sinceStart()),
    );
    try {
      await super.run({ ...active, program }, before);
    } finally {
      const end = isEnded(state.phase) ? state.phase : 'lost';
      activeRuns.dec({ mode });
      endedRuns.inc({ mode, end, code: state.error?.code ?? '' });
      runSeconds.observe({ mode, end }, sinceStart());
    }
  }
}

/** Calls `onFirst` once, when the program gives the first piece of an answer. */
function withFirstChunk(program: RunProgram, onFirst: () => void): RunProgram {
  let waiting = true;
  return {
    ...program,
    execute: (context) =>
      program.execute(context).pipe(
        tap((bodies) => {
          if (!waiting || !bodies.some(isAnswer)) return;
          waiting = false;
          onFirst();
        }),
      ),
  };
}

function isAnswer({ type }: RunEventBody): boolean {
  return (
    type === 'text.delta' ||
    type === 'reasoning.delta' ||
    type === 'refusal.delta' ||
    type === 'tool_call.started'
  );
}

/** Seconds since it was made, on a clock that never jumps. */
function stopwatch(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}
