import { comparable, fold } from '../../test/support/history-checker.js';
import type { RunEvent } from '../protocol/run-event.js';
import { FencedError, type RunLogWriter } from './log/run-log.js';
import { MemoryRunLog } from './log/memory-run-log.js';
import { RunWriter } from './run-writer.js';

const runId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const warning = (code: string) => ({ type: 'warning' as const, code, message: '' });
const delta = { type: 'text.delta' as const, step_id: 's', part_id: 'p', delta: 'x' };

/** A log whose appends end when the test says so. */
class ManualLog implements RunLogWriter {
  readonly epoch = 2;
  readonly startSeq = 10;
  readonly batches: { seqs: number[]; end: () => void; fail: (error: Error) => void }[] = [];
  closed = 0;

  append(events: readonly RunEvent[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.batches.push({ seqs: events.map(({ seq }) => seq), end: resolve, fail: reject });
    });
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('RunWriter', () => {
  test('[RUN-18] gives events their envelope: seq without a hole, deltas without a time', async () => {
    const log = new MemoryRunLog({ retentionSeconds: 60 });
    const writer = new RunWriter(runId, await log.open(runId));
    writer.write([warning('a'), delta], 5);
    writer.write([warning('b')], 6);
    await writer.close();
    const read = await log.read(runId, null);
    expect(read).toMatchObject({
      events: [
        { v: 1, run_id: runId, epoch: 1, seq: 1, ts: 5, code: 'a' },
        { v: 1, run_id: runId, epoch: 1, seq: 2, delta: 'x' },
        { v: 1, run_id: runId, epoch: 1, seq: 3, ts: 6, code: 'b' },
      ],
    });
    expect(read.kind === 'events' && 'ts' in read.events[1]!).toBe(false);
    expect(comparable(writer.state)).toEqual(comparable(fold(read.kind === 'events' ? read.events : [])));
  });

  test('[P1] makes one append at a time; what comes meanwhile goes with the next', async () => {
    const log = new ManualLog();
    const writer = new RunWriter(runId, log);
    for (const code of ['a', 'b', 'c']) writer.write([warning(code)]);
    expect(log.batches.map(({ seqs }) => seqs)).toEqual([[11]]);
    log.batches[0]!.end();
    await settle();
    expect(log.batches.map(({ seqs }) => seqs)).toEqual([[11], [12, 13]]);
    let flushed = false;
    const flushing = writer.flushed().then(() => (flushed = true));
    await settle();
    expect(flushed).toBe(false);
    log.batches[1]!.end();
    await flushing;
    expect([writer.seq, writer.epoch]).toEqual([13, 2]);
  });

  test('[RUN-14] stops writing when another writer has the log, and knows the state all the same', async () => {
    const log = new ManualLog();
    const writer = new RunWriter(runId, log);
    writer.write([warning('a')]);
    const fenced = new FencedError('taken');
    log.batches[0]!.fail(fenced);
    await writer.flushed();
    writer.write([warning('b')]);
    await writer.close();
    expect([writer.failure, log.batches.length, log.closed]).toEqual([fenced, 1, 0]);
    expect(writer.state.warnings.map(({ code }) => code)).toEqual(['a', 'b']);
  });
});
