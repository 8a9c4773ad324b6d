import fc from 'fast-check';
import { allCommands } from './model-commands.js';
import type { LogModel, LogReal } from './model-state.js';
import { emptyRunModel } from './model-state.js';
import type { Subject } from './log-under-test.js';
import { newRunId } from './log-under-test.js';

const RUNS = 2;

export function describeModel({ log, propertyRuns }: Subject): void {
  describe('as a plain array would', () => {
    it('behaves under any sequence of commands', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.commands(allCommands(RUNS), { maxCommands: 60, size: 'max' }),
          async (commands) => {
            const setup = async (): Promise<{ model: LogModel; real: LogReal }> => {
              const runIds = Array.from({ length: RUNS }, newRunId);
              return {
                model: { runs: runIds.map(emptyRunModel) },
                real: { log: log(), peer: await log().peer(), writers: runIds.map(() => []) },
              };
            };
            await fc.asyncModelRun(setup, commands);
          },
        ),
        { numRuns: propertyRuns * 3 },
      );
    });
  });
}
