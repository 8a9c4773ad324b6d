import { jest } from '@jest/globals';
import { holdRun } from '../../test/support/held-run.js';
import { recordedRuns } from '../../test/support/recorded-runs.js';
import type { AnnouncedReaders } from './announced-readers.js';
import { RunReaders } from './run-readers.js';
import type { RunRow, RunStore } from './run.store.js';

const events = recordedRuns()[0]![1];
const { run_id } = events[0]!;
const { epoch, seq } = events.at(-1)!;
const owner = { tenant_id: 't', user_id: 'u' };
const row = {
  id: run_id,
  epoch,
  last_seq: seq,
  state: 'interrupted',
  mode: 'chat',
  model: 'demo',
  conversation_id: null,
  agent_name: null,
  usage: null,
  terminal: null,
  ended_at: 1,
} as RunRow;

/** Readers of a run that ends, and whose log begins anew, after they have found no log and before they ask the database. */
async function readersOfTakenOver(logBeginsAnew: boolean): Promise<RunReaders> {
  const log = await holdRun(events);
  const head = jest.spyOn(log, 'head').mockResolvedValue(null);
  const store: Pick<RunStore, 'find' | 'round'> = {
    find() {
      if (logBeginsAnew) head.mockRestore();
      return Promise.resolve(row);
    },
    round: () => Promise.resolve({ messages: [{ role: 'assistant', content: 'stored' }], nodes: [] }),
  };
  return new RunReaders(store as RunStore, {} as AnnouncedReaders, log);
}

test('[P3] a run that was taken over while a reader looked for its log is told from the log, as to every other reader', async () => {
  const readers = await readersOfTakenOver(true);
  const { items } = await readers.recover(owner, run_id, null, 'lost', false);
  expect(items).toMatchObject([{ type: 'run.snapshot', reason: 'lost' }, events.at(-1)]);
  expect(JSON.stringify(items)).not.toContain('stored');
});

test('[P6] and from the database where it has no log any more', async () => {
  const readers = await readersOfTakenOver(false);
  const { items } = await readers.recover(owner, run_id, null, 'lost', false);
  expect(items).toMatchObject([{ type: 'run.snapshot', state: { parts: [{ text: 'stored' }] } }]);
});
