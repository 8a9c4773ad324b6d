import fc from 'fast-check';
import type { RunLog } from '../run-log.js';
import { Author } from './author.js';
import { bodies, warning } from './events.js';
import type { Subject } from './log-under-test.js';
import { expectMerged, follow } from './reading.js';

/** The same log, whose requests, answers and notifications travel for as long as the scheduler likes. */
function distant(log: RunLog, scheduler: fc.Scheduler): RunLog {
  const travel = (label: string) => scheduler.schedule(Promise.resolve(), label);
  return {
    open: (...args) => log.open(...args),
    head: (...args) => log.head(...args),
    trim: (...args) => log.trim(...args),
    base: (...args) => log.base(...args),
    drop: (...args) => log.drop(...args),
    async read(...args) {
      await travel('request');
      const read = await log.read(...args);
      await travel('answer');
      return read;
    },
    watch: (runId, advanced) => log.watch(runId, () => void travel('news').then(() => advanced())),
  };
}

export function describeHandOver({ log, propertyRuns }: Subject): void {
  describe('from replay to live', () => {
    it('shows every event exactly once to a reader that watches, reads to the head and waits', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.scheduler(),
          fc.array(bodies, { minLength: 1, maxLength: 5 }),
          fc.array(fc.record({ seq: fc.nat(), limit: fc.integer({ min: 1, max: 6 }), merge: fc.boolean() }), {
            minLength: 1,
            maxLength: 3,
          }),
          async (scheduler, [first, ...batches], readers) => {
            const author = await new Author(log()).open();
            await author.append(warning('begin'), ...first!);
            const replayed = author.events.length;
            const live = [...batches, [warning('end')]];
            const lastSeq = replayed + live.flat().length;

            const following = readers.map(async ({ seq, limit, merge }) => {
              const from = seq % (replayed + 1);
              const cursor = { epoch: 1, seq: from };
              const options = { limit, merge };
              const seen = await follow(distant(log(), scheduler), author.runId, cursor, lastSeq, options);
              return { from, seen, merge };
            });
            const writing = (async () => {
              for (const batch of live) {
                await scheduler.schedule(Promise.resolve(), 'append');
                await author.append(...batch);
              }
              await author.writer.close();
            })();

            const [, ...outcomes] = await scheduler.waitFor(Promise.all([writing, ...following]));
            for (const { from, seen, merge } of outcomes) {
              const rest = author.events.slice(from);
              if (merge) expectMerged(seen, rest);
              else expect(seen).toStrictEqual(rest);
            }
          },
        ),
        { numRuns: propertyRuns, timeout: 5_000 },
      );
    });
  });
}
