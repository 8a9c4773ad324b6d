import fc from 'fast-check';
import { faultsOf } from '../../test/support/log-faults.js';
import { arbitraryRun } from '../protocol/run.arbitrary.js';
import type { RunEvent } from '../protocol/run-event.js';
import { applyEvent } from '../protocol/apply-event.js';
import { emptyRunState } from '../protocol/run-state.js';
import { closeOpenParts } from './close-open-parts.js';

test.each(['cancelled', 'unknown'] as const)(
  '[RUN-18] wherever a run is cut, what is open gets its one end (%s), and then nothing is open',
  (why) => {
    fc.assert(
      fc.property(arbitraryRun, fc.nat(), (run, at) => {
        const before = run.slice(0, at % run.length);
        const state = emptyRunState(run[0]!.run_id);
        for (const event of before) applyEvent(state, event);
        const closing = closeOpenParts(state, why);
        const end = {
          type: 'run.failed',
          code: 'c',
          error_type: 'e',
          message: '',
          retryable: false,
        } as const;
        const events = [
          ...before,
          ...[...closing, end].map(
            (body, index) => ({ ...body, seq: before.length + index + 1 }) as RunEvent,
          ),
        ];
        expect(faultsOf(events)).toEqual([]);
        for (const event of events.slice(before.length)) applyEvent(state, event);
        expect(closeOpenParts(state, why)).toEqual([]);
        for (const body of closing) if (body.type === 'tool_result') expect(body.status).toBe(why);
      }),
      { numRuns: 300 },
    );
  },
);
