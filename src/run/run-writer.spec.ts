import { comparable, fold } from '../../test/support/history-checker.js';
import { MillraceError } from '../protocol/error-code.js';
import type { RunEvent } from '../protocol/run-event.js';
import type { RunState } from '../protocol/run-state.js';
import { LogLostError } from './log/log-lost-error.js';
import { FencedError, type RunLogWriter } from './log/run-log.js';
import { MemoryRunLog } from './log/memory-run-log.js';
import { PENDING_LIMIT } from './pending-events.js';
import { RunWriter } from './run-writer.js';

const runId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const warning = (code: string) => ({ type: 'warning' as const, code, message: '' });
const delta = { type: 'text.delta' as const, step_id: 's', part_id: 'p', delta: 'x' };

/** A log whose appends end when the test says so. */
class ManualLog implements RunLogWriter {
  readonly batches: {
    seqs: number[];
    events: readonly RunEvent[];
    end: () => void;
    fail: (error: Error) => void;
  }[] = [];
  closed = 0;

  constructor(
    readonly epoch = 2,
    readonly startSeq = 10,
  ) {}

  append(events: readonly RunEvent[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.batches.push({ seqs: events.map(({ seq }) => seq), events, end: resolve, fail: reject });
    });
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};
const away = () => new MillraceError('log_unavailable');
const never = () => Promise.reject(new Error('not asked for'));
const bigDelta = { ...delta, delta: 'x'.repeat(PENDING_LIMIT / 4) };
const end = { type: 'run.completed' as const, finish_reason: 'stop' as const };

/** The next epochs of a run: each is opened, or fails, when the test says so. */
class ManualEpochs {
  readonly asked: { base: RunState; open: (log: RunLogWriter) => void; fail: (error: Error) => void }[] = [];

  readonly next = (runSoFar: () => RunState): Promise<RunLogWriter> =>
    new Promise((resolve, reject) => {
      this.asked.push({ base: runSoFar(), open: resolve, fail: reject });
    });
}

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

  test('[RUN-18] gives each piece of packed text a seq of its own', async () => {
    const log = new MemoryRunLog({ retentionSeconds: 60 });
    const writer = new RunWriter(runId, await log.open(runId));
    writer.write([{ ...delta, delta: 'abc', ends: [1, 3] }, warning('w'), delta]);
    await writer.close();
    const read = await log.read(runId, null, { merge: false });
    const envelope = { v: 1, run_id: runId, epoch: 1 };
    expect(read).toMatchObject({
      events: [
        { ...envelope, ...delta, seq: 1, delta: 'a' },
        { ...envelope, ...delta, seq: 2, delta: 'bc' },
        { ...envelope, ...warning('w'), seq: 3 },
        { ...envelope, ...delta, seq: 4 },
      ],
    });
    expect([writer.seq, writer.state.seq]).toEqual([4, 4]);
  });

  test('[P1] has appended at once what a log takes at once', async () => {
    const log = new MemoryRunLog({ retentionSeconds: 60 });
    const writer = new RunWriter(runId, await log.open(runId));
    writer.write([warning('a')]);
    expect(log.readNow(runId, null)).toMatchObject({ events: [{ code: 'a' }] });
    await log.open(runId, { epoch: 1, seq: 1 });
    writer.write([warning('b')]);
    await writer.flushed();
    expect(writer.failure).toBeInstanceOf(FencedError);
    expect(log.readNow(runId, null)).toMatchObject({ events: [{ code: 'a' }] });
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

describe('RunWriter, when the log is away', () => {
  test('[LOG-05] keeps what was written and appends it in order when it is back', async () => {
    const log = new ManualLog();
    const writer = new RunWriter(runId, log, { nextEpoch: never });
    writer.write([warning('a'), delta]);
    log.batches[0]!.fail(away());
    await settle();
    writer.write([warning('b')]);
    await until(() => log.batches.length === 2);
    expect(writer.isAway).toBe(true);
    log.batches[1]!.fail(away());
    writer.write([warning('c')]);
    await until(() => log.batches.length === 3);
    expect(log.batches.map(({ seqs }) => seqs)).toEqual([
      [11, 12],
      [11, 12, 13],
      [11, 12, 13, 14],
    ]);
    log.batches[2]!.end();
    await writer.flushed();
    expect([writer.isAway, writer.failure, writer.seq]).toEqual([false, undefined, 14]);
  });

  test('[LOG-05] counts what an append is about that has not ended: it may fail like the one before', async () => {
    const log = new ManualLog();
    const epochs = new ManualEpochs();
    const writer = new RunWriter(runId, log, { nextEpoch: epochs.next });
    writer.write([warning('a')]);
    log.batches[0]!.fail(away());
    await settle();
    for (let count = 0; count < 3; count += 1) writer.write([bigDelta]);
    await until(() => log.batches.length === 2);
    for (let count = 0; count < 2; count += 1) writer.write([bigDelta]);
    log.batches[1]!.end();
    await until(() => epochs.asked.length === 1);
  });

  test('[LOG-05] lets go what is too much, and goes on in a new epoch that begins with the run so far', async () => {
    const log = new ManualLog();
    const epochs = new ManualEpochs();
    const appended: RunEvent[] = [];
    const writer = new RunWriter(runId, log, {
      nextEpoch: epochs.next,
      appended: (events) => appended.push(...events),
    });
    writer.write([warning('a')]);
    log.batches[0]!.fail(away());
    await settle();
    for (let count = 0; count < 5; count += 1) writer.write([bigDelta]);
    writer.write([warning('b')]);
    await until(() => epochs.asked.length === 1);
    const [{ base, open }] = epochs.asked as [(typeof epochs.asked)[0]];
    expect([base.seq, base.warnings.map(({ code }) => code)]).toEqual([17, ['a', 'b']]);
    writer.write([warning('c')]);
    const next = new ManualLog(3, 17);
    open(next);
    await until(() => next.batches.length === 1);
    next.batches[0]!.end();
    await until(() => next.batches.length === 2);
    next.batches[1]!.end();
    await writer.flushed();
    expect(next.batches.flatMap(({ events }) => events)).toMatchObject([
      { epoch: 3, seq: 18, code: 'c' },
      { epoch: 3, seq: 19, code: 'log_degraded' },
    ]);
    expect([log.batches.length, writer.epoch]).toEqual([1, 3]);
    expect(appended.map(({ seq }) => seq)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  test.each([
    ['lost', () => new LogLostError(runId)],
    ['refused', () => new MillraceError('internal')],
  ])('[LOG-05] begins anew at once when events are %s', async (_what, error) => {
    const log = new ManualLog();
    const epochs = new ManualEpochs();
    const writer = new RunWriter(runId, log, { nextEpoch: epochs.next });
    writer.write([warning('a')]);
    log.batches[0]!.fail(error());
    await until(() => epochs.asked.length === 1);
    epochs.asked[0]!.fail(away());
    writer.write([warning('b')]);
    await until(() => epochs.asked.length === 2);
    expect(epochs.asked.map(({ base }) => base.seq)).toEqual([11, 12]);
    expect(log.batches).toHaveLength(1);
  });

  test('[LOG-05] begins once more when too much came while it began', async () => {
    const log = new ManualLog();
    const epochs = new ManualEpochs();
    const writer = new RunWriter(runId, log, { nextEpoch: epochs.next });
    writer.write([warning('a')]);
    log.batches[0]!.fail(new LogLostError(runId));
    await until(() => epochs.asked.length === 1);
    for (let count = 0; count < 5; count += 1) writer.write([bigDelta]);
    const stale = new ManualLog(3, 11);
    epochs.asked[0]!.open(stale);
    await until(() => epochs.asked.length === 2);
    expect([stale.batches.length, epochs.asked[1]!.base.seq]).toEqual([0, 16]);
  });

  test('[LOG-05] never puts the end into the state that the epoch begins with, and says nothing after it', async () => {
    const log = new ManualLog();
    const epochs = new ManualEpochs();
    const writer = new RunWriter(runId, log, { nextEpoch: epochs.next });
    writer.write([warning('a')]);
    log.batches[0]!.fail(new LogLostError(runId));
    await until(() => epochs.asked.length === 1);
    expect(writer.seal()).toBe(12);
    writer.write([end]);
    await writer.close();
    epochs.asked[0]!.fail(away());
    await until(() => epochs.asked.length === 2);
    expect(epochs.asked[1]!.base).toMatchObject({ seq: 11, phase: 'queued' });
    expect(epochs.asked[1]!.base.finish_reason).toBeUndefined();
    expect(writer.state).toMatchObject({ seq: 12, phase: 'completed' });
    const next = new ManualLog(5, 11);
    epochs.asked[1]!.open(next);
    await until(() => next.batches.length === 1);
    next.batches[0]!.end();
    await writer.flushed();
    expect(next.batches[0]!.events).toMatchObject([{ type: 'run.completed', seq: 12, epoch: 5 }]);
    expect([next.batches.length, next.closed]).toEqual([1, 1]);
  });

  test('[LOG-05] gives a log its end again that was lost before it was closed', async () => {
    const epochs = new ManualEpochs();
    const log = new ManualLog();
    const writer = new RunWriter(runId, log, { nextEpoch: epochs.next });
    log.close = () => Promise.reject(new LogLostError(runId));
    writer.write([warning('a'), end]);
    log.batches[0]!.end();
    await writer.close();
    await until(() => epochs.asked.length === 1);
    const next = new ManualLog(3, 11);
    epochs.asked[0]!.open(next);
    await until(() => next.batches.length === 1);
    expect([epochs.asked[0]!.base.seq, next.batches[0]!.seqs]).toEqual([11, [12]]);
  });

  test('[LOG-05] stops for good when another instance has the run', async () => {
    const log = new ManualLog();
    const epochs = new ManualEpochs();
    const failures: unknown[] = [];
    const writer = new RunWriter(runId, log, {
      nextEpoch: epochs.next,
      failed: (error) => failures.push(error),
    });
    writer.write([warning('a')]);
    log.batches[0]!.fail(new LogLostError(runId));
    await until(() => epochs.asked.length === 1);
    const fenced = new FencedError('taken');
    epochs.asked[0]!.fail(fenced);
    await writer.flushed();
    writer.write([warning('b')]);
    await writer.close();
    expect([failures, epochs.asked.length, writer.failure]).toEqual([[fenced], 1, fenced]);
  });

  test('[LOG-05] finds out that the log of a silent run was lost', async () => {
    const log = new ManualLog();
    const epochs = new ManualEpochs();
    const writer = new RunWriter(runId, log, { nextEpoch: epochs.next });
    writer.write([warning('a')]);
    log.batches[0]!.end();
    await writer.flushed();
    writer.check();
    expect(log.batches).toHaveLength(1);
    writer.check();
    expect(log.batches[1]!.seqs).toEqual([]);
    log.batches[1]!.fail(new LogLostError(runId));
    await until(() => epochs.asked.length === 1);
    expect(epochs.asked[0]!.base.seq).toBe(11);
  });
});
