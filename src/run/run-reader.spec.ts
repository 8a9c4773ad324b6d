import { jest } from '@jest/globals';
import fc from 'fast-check';
import { holdRun, readerOf, unmerged } from '../../test/support/held-run.js';
import { comparable, fold } from '../../test/support/history-checker.js';
import { arbitraryRun } from '../protocol/run.arbitrary.js';
import { MillraceError } from '../protocol/error-code.js';
import { emptyRunState } from '../protocol/run-state.js';
import { MemoryRunLog } from './log/memory-run-log.js';
import { RunReader } from './run-reader.js';
import { RunWriter } from './run-writer.js';
import { snapshotOf } from './snapshot.js';

const runId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

async function liveRun() {
  const log = new MemoryRunLog({ retentionSeconds: 60 });
  const writer = new RunWriter(runId, await log.open(runId));
  writer.write([{ type: 'run.created', mode: 'chat', model: 'm' }]);
  await writer.flushed();
  return { log, writer };
}

describe('RunReader', () => {
  test('[RUN-03] pages of any size give every event once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRun, fc.integer({ min: 1, max: 9 }), async (run, limit) => {
        const reader = readerOf(await holdRun(run), run[0]!.run_id);
        const items = [];
        while (!reader.ended) {
          const page = await reader.read({ limit });
          expect(page.length).toBeLessThanOrEqual(limit);
          items.push(...page);
        }
        expect(fold(items).seq).toBe(run.length);
        expect(await reader.read()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('[SSE-11] the history before a cursor is every event up to it', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRun, fc.nat(), async (run, cut) => {
        const at = run[cut % run.length]!;
        const reader = readerOf(unmerged(await holdRun(run)), at.run_id, {
          after: { epoch: at.epoch, seq: at.seq },
        });
        const history = [];
        for await (const event of reader.history()) history.push(event);
        // Merged in the log or not, what a stateful encoder has to know of is there.
        expect(history.filter((event) => !('delta' in event))).toEqual(
          run.slice(0, at.seq).filter((event) => !('delta' in event)),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('[SSE-11] [LOG-05] the history of a log that began anew begins with its base', async () => {
    const { log, writer } = await liveRun();
    await writer.close();
    const anew = await log.open(runId, { epoch: 1, seq: 5 });
    const base = snapshotOf({ ...emptyRunState(runId), seq: 5, model: 'm' }, anew.epoch, 'lost');
    await log.trim(runId, base);
    new RunWriter(runId, anew).write([{ type: 'run.started', model: 'm' }]);
    const itemsAfter = async (seq: number) => {
      const items = [];
      for await (const item of readerOf(log, runId, { after: { epoch: 2, seq } }).history()) items.push(item);
      return items;
    };
    expect(await itemsAfter(6)).toEqual([base, expect.objectContaining({ type: 'run.started', seq: 6 })]);
    expect(await itemsAfter(5)).toEqual([base]);
    expect(await itemsAfter(4)).toEqual([]);
  });

  test('[RUN-06] [LOG-05] a reader whose history cannot be read gets the snapshot, when it can be', async () => {
    const { log } = await liveRun();
    const reader = readerOf(log, runId, { after: { epoch: 1, seq: 1 } });
    const away = jest.spyOn(log, 'read').mockRejectedValue(new MillraceError('log_unavailable'));
    for await (const item of reader.history()) expect(item).toBeUndefined();
    away.mockRestore();
    expect(await reader.read()).toMatchObject([{ type: 'run.snapshot', through_seq: 1 }]);
  });

  test('[SSE-11] the history before a cursor of a log that was trimmed begins with what was trimmed', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRun, fc.nat(), fc.nat(), async (run, cut, trim) => {
        const at = run[cut % run.length]!;
        const through = run[trim % at.seq]!;
        const log = await holdRun(run);
        const state = fold(run.slice(0, through.seq), emptyRunState(at.run_id));
        await log.trim(at.run_id, snapshotOf(state, through.epoch, 'trimmed'));
        const reader = readerOf(log, at.run_id, { after: { epoch: at.epoch, seq: at.seq } });
        const history = [];
        for await (const item of reader.history()) history.push(item);
        expect(history[0]).toMatchObject({ type: 'run.snapshot', through_seq: through.seq });
        expect(comparable(fold(history))).toEqual(
          comparable(fold(run.slice(0, at.seq), emptyRunState(at.run_id))),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('[RUN-06] what cannot go on is recovered from where it stands, not from where it began', async () => {
    const { log, writer } = await liveRun();
    const asked: unknown[] = [];
    const reader = new RunReader({
      runId,
      conversationId: undefined,
      log,
      after: null,
      recover: (reason, at) => {
        asked.push([reason, at]);
        return Promise.resolve({ items: [], cursor: { epoch: 1, seq: 2 }, live: false });
      },
      onClose: () => undefined,
    });
    await reader.read();
    writer.write([{ type: 'run.started', model: 'm' }]);
    await writer.flushed();
    await reader.read();
    await log.drop(runId);
    expect(await reader.read()).toEqual([]);
    expect([reader.ended, asked]).toEqual([true, [['unknown', { epoch: 1, seq: 2 }]]]);
  });

  test('[RUN-04] is at its end after the terminal event, and not while a run is silent', async () => {
    const { log, writer } = await liveRun();
    const reader = readerOf(log, runId, { after: { epoch: 1, seq: 1 } });
    expect([await reader.read(), reader.ended]).toEqual([[], false]);
    writer.write([{ type: 'run.completed', finish_reason: 'stop' }]);
    await writer.close();
    expect((await reader.read()).map(({ type }) => type)).toEqual(['run.completed']);
    expect(reader.ended).toBe(true);
    const late = readerOf(log, runId, { after: { epoch: 1, seq: 2 } });
    expect([await late.read(), late.ended]).toEqual([[], true]);
  });

  test('[RUN-06] a bad cursor gets the snapshot once, then what comes after it', async () => {
    const { log, writer } = await liveRun();
    const reader = readerOf(log, runId, { after: 'invalid' });
    expect(await reader.read()).toMatchObject([{ type: 'run.snapshot', reason: 'unknown', through_seq: 1 }]);
    expect(await reader.read()).toEqual([]);
    writer.write([{ type: 'run.started', model: 'm' }]);
    await writer.flushed();
    expect(await reader.read()).toMatchObject([{ type: 'run.started', seq: 2 }]);
  });

  test('[RUN-15] closing tells once that the reader left, and does not end the run', async () => {
    const { log, writer } = await liveRun();
    let left = 0;
    const reader = readerOf(log, runId, { onClose: () => (left += 1) });
    reader.close();
    reader.close();
    expect(left).toBe(1);
    writer.write([{ type: 'run.started', model: 'm' }]);
    await writer.flushed();
    expect(writer.failure).toBeUndefined();
  });
});
