import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { RunState } from '../protocol/run-state.js';
import { emptyRunState } from '../protocol/run-state.js';
import { FencedError } from './log/run-log.js';
import { MemoryRunLog } from './log/memory-run-log.js';
import { nextEpochOf } from './next-epoch.js';
import { RunToken } from './run-token.js';

const runId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const at = (seq: number): RunState => ({ ...emptyRunState(runId), seq });

/** The row of a run, as `RunStore.moveEpoch` moves it. */
class Row {
  epoch = 1;
  owner = 'me';
  /** The next answers are lost. */
  deaf = 0;

  moveEpoch(_id: string, instance: string, { from, to }: { from: number; to: number }): Promise<boolean> {
    if (instance !== this.owner || this.epoch < from || this.epoch > to) return Promise.resolve(false);
    this.epoch = to;
    if (this.deaf === 0) return Promise.resolve(true);
    this.deaf -= 1;
    return Promise.reject(new Error('the answer was lost'));
  }
}

async function aRun() {
  const log = new MemoryRunLog({ retentionSeconds: 60 });
  await log.open(runId);
  const row = new Row();
  const token = new RunToken(row, runId, 'me');
  return { log, row, token, next: nextEpochOf(log, token) };
}

beforeEach(() => void jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined));
afterEach(() => jest.restoreAllMocks());

describe('the next epoch of a run', () => {
  test('[LOG-05] lies above all that was, with the run so far as its base', async () => {
    const { log, row, token, next } = await aRun();
    const writer = await next(() => at(7));
    expect([row.epoch, token.epoch, writer.epoch, writer.startSeq]).toEqual([2, 2, 2, 7]);
    expect(await log.base(runId)).toMatchObject({ epoch: 2, through_seq: 7, reason: 'lost' });
    expect(await log.read(runId, { epoch: 1, seq: 3 })).toEqual({ kind: 'gap', reason: 'trimmed' });
    expect((await next(() => at(9))).epoch).toBe(3);
    expect(row.epoch).toBe(3);
  });

  test('[LOG-05] is the same one when the database answered too late', async () => {
    const { row, token, next } = await aRun();
    row.deaf = 1;
    await expect(next(() => at(7))).rejects.toThrow('lost');
    expect([row.epoch, token.epoch]).toEqual([2, 1]);
    await token.take();
    expect(token.epoch).toBe(2);
    expect((await next(() => at(7))).epoch).toBe(2);
  });

  test('[LOG-05] follows a log that is further than the row', async () => {
    const { log, row, next } = await aRun();
    await log.open(runId, { epoch: 1, seq: 0 });
    await log.open(runId, { epoch: 2, seq: 0 });
    expect((await next(() => at(7))).epoch).toBe(4);
    expect(row.epoch).toBe(4);
  });

  test('[LOG-05] is another one when the log answered too late, in whatever order it does what it was told', async () => {
    const { log, row, next } = await aRun();
    const open = log.open.bind(log);
    const held: (() => Promise<unknown>)[] = [];
    log.open = (...args) => {
      held.push(() => open(...args));
      return Promise.reject(new Error('the answer was lost'));
    };
    await expect(next(() => at(7))).rejects.toThrow('lost');
    log.open = open;
    expect((await next(() => at(7))).epoch).toBe(3);
    await expect(held[0]!()).rejects.toThrow(FencedError);
    expect([row.epoch, (await log.head(runId))?.epoch]).toEqual([3, 3]);
  });

  test('[LOG-05] [FAULT-12] is refused to one that was held up while another took the run and ended it', async () => {
    const { log, row, next } = await aRun();
    const open = log.open.bind(log);
    log.open = async (id, after) => {
      row.owner = 'another';
      row.epoch = 3;
      await (await open(id, { epoch: 2, seq: 7 })).close();
      return open(id, after);
    };
    await expect(next(() => at(7))).rejects.toThrow(FencedError);
    expect(await log.head(runId)).toMatchObject({ epoch: 3, closed: true });
    expect(await log.base(runId)).toBeNull();
  });

  test('[LOG-05] is not begun while the log is away', async () => {
    const { log, row, next } = await aRun();
    log.head = () => Promise.reject(new Error('away'));
    await expect(next(() => at(7))).rejects.toThrow('away');
    expect(row.epoch).toBe(1);
  });

  test('[LOG-05] is refused to an instance that lost the run, whose log it does not touch', async () => {
    const { log, row, next } = await aRun();
    row.owner = 'another';
    await expect(next(() => at(7))).rejects.toThrow(FencedError);
    expect(await log.head(runId)).toMatchObject({ epoch: 1 });
  });
});
