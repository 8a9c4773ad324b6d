import fc from 'fast-check';
import { holdRun } from '../../test/support/held-run.js';
import { comparable, fold, textsOf, type Item } from '../../test/support/history-checker.js';
import { messagesOfRun, nodesOfRun } from '../conversation/messages-of-run.js';
import { arbitraryRun } from '../protocol/run.arbitrary.js';
import { applyEvent } from '../protocol/apply-event.js';
import { emptyRunState, type RunState } from '../protocol/run-state.js';
import type { RunRow } from './run.store.js';
import { snapshotFromLog, snapshotFromRow } from './snapshot.js';

function foldAll(events: readonly Item[]): RunState {
  return fold(events, emptyRunState(events[0]!.run_id));
}

test('[RUN-06] [P2] the snapshot of a log at any moment is the fold of its events, and reading goes on after it', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryRun, fc.nat(), async (run, cut) => {
      const events = run.slice(0, 1 + (cut % run.length));
      const log = await holdRun(events);
      const runId = run[0]!.run_id;
      const recovery = await snapshotFromLog(log, runId, 'ahead');
      expect(comparable(fold(recovery!.items))).toEqual(comparable(foldAll(events)));
      expect(recovery!.items[0]).toMatchObject({ type: 'run.snapshot', reason: 'ahead' });
      expect(recovery!.live).toBe(events.length < run.length);
      expect(await log.read(runId, recovery!.cursor)).toMatchObject({ kind: 'events', events: [] });
    }),
    { numRuns: 60 },
  );
});

test('[RUN-06] a trimmed log gives the same snapshot as the whole one', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryRun, fc.nat(), async (run, cut) => {
      const log = await holdRun(run);
      const runId = run[0]!.run_id;
      const through = run[cut % (run.length - 1)]!;
      const state = emptyRunState(runId);
      for (const event of run.slice(0, through.seq)) applyEvent(state, event);
      await log.trim(runId, {
        type: 'run.snapshot',
        v: 1,
        run_id: runId,
        epoch: through.epoch,
        through_seq: through.seq,
        reason: 'trimmed',
        state,
      });
      const recovery = await snapshotFromLog(log, runId, 'trimmed');
      expect(comparable(fold(recovery!.items))).toEqual(comparable(foldAll(run)));
    }),
    { numRuns: 40 },
  );
});

test('[RUN-06] a run without a log has no snapshot of it', async () => {
  const log = await holdRun([]);
  expect(await snapshotFromLog(log, 'nobody', 'unknown')).toBeNull();
});

test('[RUN-10] [P6] the snapshot from the database has the words, calls and results of the run, and its end', () => {
  fc.assert(
    fc.property(arbitraryRun, (run) => {
      const state = foldAll(run);
      const messages = [{ role: 'user' as const, content: 'q' }, ...messagesOfRun(state)];
      const terminal = run.at(-1)!;
      const row = {
        id: state.run_id,
        epoch: terminal.epoch,
        last_seq: terminal.seq,
        mode: state.mode,
        model: state.model,
        conversation_id: state.conversation_id ?? null,
        usage: state.usage ? JSON.stringify(state.usage) : null,
        terminal: JSON.stringify({
          ...terminal,
          v: undefined,
          run_id: undefined,
          epoch: undefined,
          seq: undefined,
        }),
        created_at: 1,
        ended_at: 'ts' in terminal ? terminal.ts : 1,
      } as RunRow;
      const { items, live } = snapshotFromRow(row, { messages, nodes: nodesOfRun(state) }, 'unknown');
      const restored = fold(items);
      expect(live).toBe(false);
      expect(items.at(-1)).toEqual(terminal);
      expect(restored.phase).toBe(state.phase);
      const said = textsOf(state).filter((_, at) => spoke(state, at));
      // How a design ended is stored as something that was said.
      expect(textsOf(restored)).toEqual(state.design ? [...said, state.design.message] : said);
      expect(messagesOfRun(restored)).toEqual(messagesOfRun(state));
      const withoutUsage = (one: RunState) => nodesOfRun(one).map(({ usage: _, ...node }) => node);
      expect(withoutUsage(restored)).toEqual(withoutUsage(state));
    }),
    { numRuns: 200 },
  );
});

/** Steps that said nothing and called nothing are not stored. */
function spoke(state: RunState, at: number): boolean {
  const step = state.steps[at]!.step_id;
  return state.parts.some(
    (part) =>
      part.kind !== 'node' &&
      part.step_id === step &&
      (part.kind === 'tool_call' ? part.result !== undefined || part.ended : part.text !== ''),
  );
}
