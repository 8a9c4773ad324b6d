import { jest } from '@jest/globals';
import type { Kysely } from 'kysely';
import { ada, addTurn, eve } from '../../test/support/conversations.js';
import { describeOnEachDatabase } from '../../test/support/databases.js';
import type { Database } from '../database/schema.js';
import { GraphRunStore } from '../graph/run/graph-run.store.js';
import { MillraceError } from '../protocol/error-code.js';
import { MemoryRunLog } from '../run/log/memory-run-log.js';
import type { RunLog } from '../run/log/run-log.js';
import type { RunService } from '../run/run.service.js';
import { RunStore } from '../run/run.store.js';
import { ConversationRemoval } from './conversation-removal.js';
import { ConversationStore } from './conversation.store.js';

let log: MemoryRunLog;
beforeEach(() => {
  log = new MemoryRunLog({ retentionSeconds: 60 });
});
afterEach(() => log.dispose());

/** Cancels by storing the end, as the run's executor does. */
function removalOn(db: Kysely<Database>, whenCancelled: () => Promise<unknown> = () => Promise.resolve()) {
  const cancel = jest.fn(async (_owner: unknown, id: string) => {
    const end = {
      state: 'cancelled' as const,
      terminal: {},
      usage: undefined,
      lastSeq: 1,
      releaseKey: false,
    };
    await new RunStore(db).finish(id, 1, end, 2);
    await whenCancelled();
  });
  const removal = new ConversationRemoval(db, log, { cancel } as unknown as RunService);
  return { removal, cancel };
}
const rowsOf = async (db: Kysely<Database>) => ({
  conversations: (await db.selectFrom('conversations').select('id').execute()).length,
  rounds: (await db.selectFrom('rounds').select('round').execute()).length,
  runs: (await db.selectFrom('runs').select('id').execute()).length,
  checkpoints: (await db.selectFrom('checkpoints').select('seq').execute()).length,
});
async function withLog(run: string): Promise<string> {
  await log.open(run);
  return run;
}

describeOnEachDatabase('ConversationRemoval', (databases) => {
  it('[D-36] deletes everything of one conversation, its logs too, and nothing else', async () => {
    const db = await databases.open();
    const mine = [await withLog(await addTurn(db, 'c')), await withLog(await addTurn(db, 'c'))];
    const others = [
      await withLog(await addTurn(db, 'other')),
      await withLog(await addTurn(db, 'c', { owner: eve })),
    ];
    await db
      .insertInto('checkpoints')
      .values([...mine, ...others].map((run_id) => ({ run_id, seq: 1, events: '[]' })))
      .execute();

    const graphs = new GraphRunStore(db);
    for (const id of [...mine, ...others]) {
      await db
        .transaction()
        .execute((inOne) => graphs.start(inOne, id, { graphName: 'g', graphs: [], input: '' }));
      const node = { nodeRunId: 'n', nodeId: 'a', startedAfter: 0, output: 'secret', isGlobal: true };
      await graphs.keepNode(id, 1, node, 0);
    }

    const { removal, cancel } = removalOn(db);
    await removal.remove(ada, 'c');
    expect(await rowsOf(db)).toEqual({ conversations: 2, rounds: 2, runs: 2, checkpoints: 2 });
    for (const table of ['graph_runs', 'node_runs'] as const)
      expect(await db.selectFrom(table).select('run_id').orderBy('run_id').execute()).toEqual(
        others.toSorted().map((run_id) => ({ run_id })),
      );
    expect(cancel).not.toHaveBeenCalled();
    for (const run of mine) expect(await log.head(run)).toBeNull();
    for (const run of others) expect(await log.head(run)).not.toBeNull();
    await expect(removal.remove(ada, 'c')).rejects.toMatchObject({ code: 'conversation_not_found' });
    await expect(removal.remove(ada, 'nope')).rejects.toMatchObject({ code: 'conversation_not_found' });
  });

  it('stops what still answers first, and what begins meanwhile', async () => {
    const db = await databases.open();
    let more = 2;
    const { removal, cancel } = removalOn(db, async () => {
      more -= 1;
      if (more > 0) await addTurn(db, 'c', { unfinished: true });
    });
    await addTurn(db, 'c', { unfinished: true });
    await removal.remove(ada, 'c');
    expect(cancel).toHaveBeenCalledTimes(2);
    expect(await rowsOf(db)).toEqual({ conversations: 0, rounds: 0, runs: 0, checkpoints: 0 });
  });

  it('gives up, and deletes nothing, when it never ends', async () => {
    const db = await databases.open();
    const { removal } = removalOn(db, () => addTurn(db, 'c', { unfinished: true }));
    await addTurn(db, 'c', { unfinished: true });
    await expect(removal.remove(ada, 'c')).rejects.toMatchObject({ code: 'storage_failed', retryable: true });
    expect(await rowsOf(db)).toMatchObject({ conversations: 1, rounds: 4, runs: 4 });
  });

  it('deletes nothing when the log does not answer', async () => {
    const db = await databases.open();
    await addTurn(db, 'c');
    const down = { drop: () => Promise.reject(new MillraceError('log_unavailable')) } as unknown as RunLog;
    const removal = new ConversationRemoval(db, down, {} as RunService);
    await expect(removal.remove(ada, 'c')).rejects.toMatchObject({ code: 'log_unavailable' });
    expect(await rowsOf(db)).toMatchObject({ conversations: 1, rounds: 1, runs: 1 });
    expect(await new ConversationStore(db).find(ada, 'c')).toBeDefined();
  });

  it('leaves nothing without its conversation when turns begin at the same time, on two instances', async () => {
    const db = await databases.open();
    const again = (await databases.openAgain?.()) ?? db;
    for (let turn = 0; turn < 8; turn += 1) {
      await addTurn(db, 'c');
      await Promise.allSettled([
        removalOn(db).removal.remove(ada, 'c'),
        addTurn(again, 'c'),
        removalOn(again).removal.remove(ada, 'c'),
        addTurn(db, 'c'),
      ]);
      const conversation = await new ConversationStore(db).find(ada, 'c');
      const rounds = await new ConversationStore(db).rounds(ada, 'c');
      expect(rounds.map(({ round }) => round)).toEqual(rounds.map((_, at) => at + 1));
      expect(conversation?.round_count ?? 0).toBe(rounds.length);
      expect(await rowsOf(db)).toMatchObject({ rounds: rounds.length, runs: rounds.length });
    }
  });
});
