import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { RunEvent } from '../../protocol/run-event.js';
import type { Checkpoint, CheckpointStore } from './checkpoint.store.js';
import { Checkpointer } from './checkpointer.js';

const event = (seq: number): RunEvent => ({
  v: 1,
  run_id: 'run',
  epoch: 1,
  seq,
  type: 'text.delta',
  step_id: 's',
  part_id: 'p',
  delta: 'x'.repeat(5000),
});

/** Answers when the test says so. */
class ManualStore {
  readonly saves: {
    checkpoints: readonly Checkpoint[];
    answer: (refused?: string[]) => void;
    fail: (error: Error) => void;
  }[] = [];

  save(checkpoints: readonly Checkpoint[]): Promise<Set<string>> {
    return new Promise((resolve, reject) => {
      this.saves.push({
        checkpoints: structuredClone(checkpoints),
        answer: (refused = []) => resolve(new Set(refused)),
        fail: reject,
      });
    });
  }
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const seqsOf = ({ checkpoints }: ManualStore['saves'][0]) =>
  checkpoints.map(({ epoch, events }) => [epoch, ...events.map(({ seq }) => seq)]);

describe('Checkpointer', () => {
  let store: ManualStore;
  let checkpointer: Checkpointer;
  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    store = new ManualStore();
    checkpointer = new Checkpointer(store as unknown as CheckpointStore);
  });
  afterEach(() => jest.restoreAllMocks());

  test('[LOG-05] keeps what was refused while the run moves to another epoch, without a hole', async () => {
    const token = { epoch: 1 };
    checkpointer.add('run', token, [event(1)]);
    await turn();
    checkpointer.add('run', token, [event(2)]);
    token.epoch = 2;
    store.saves[0]!.answer(['run']);
    await turn();
    checkpointer.add('run', token, [event(3)]);
    await turn();
    expect(store.saves.map(seqsOf)).toEqual([[[1, 1]], [[2, 1, 2, 3]]]);
  });

  test('keeps what a failing database did not take', async () => {
    const token = { epoch: 1 };
    checkpointer.add('run', token, [event(1)]);
    await turn();
    store.saves[0]!.fail(new Error('away'));
    await turn();
    checkpointer.add('run', token, [event(2)]);
    await turn();
    expect(store.saves.map(seqsOf)).toEqual([[[1, 1]], [[1, 1, 2]]]);
  });

  test('keeps nothing of a run that is forgotten, also when it is just being stored', async () => {
    const token = { epoch: 1 };
    checkpointer.add('run', token, [event(1)]);
    await turn();
    const forgotten = checkpointer.forget('run');
    store.saves[0]!.fail(new Error('away'));
    await forgotten;
    checkpointer.add('other', token, [event(1)]);
    await turn();
    expect(store.saves[1]!.checkpoints.map(({ runId }) => runId)).toEqual(['other']);
  });
});
