import fc from 'fast-check';
import { applyEvent } from '../protocol/apply-event.js';
import { emptyRunState } from '../protocol/run-state.js';
import { arbitraryRun } from '../protocol/run.arbitrary.js';
import { FoldedState } from './folded-state.js';

test('[RUN-18] FoldedState is at any moment what its events make', () => {
  fc.assert(
    fc.property(arbitraryRun, fc.func(fc.boolean()), (run, look) => {
      const plain = emptyRunState('r');
      const folded = new FoldedState(emptyRunState('r'));
      for (const event of run) {
        applyEvent(plain, event);
        folded.apply(event);
        if (look(event.seq)) expect(folded.current).toStrictEqual(plain);
      }
      expect(folded.current).toStrictEqual(plain);
    }),
  );
});
