import { ada, addTurn } from '../../test/support/conversations.js';
import { describeOnEachDatabase } from '../../test/support/databases.js';
import { ConversationStore } from '../conversation/conversation.store.js';
import { RunCleaner } from './run-cleaner.js';
import { RunStore, type NewRun } from './run.store.js';

const HOUR = 3_600_000;

describeOnEachDatabase('RunCleaner', (databases) => {
  const end = {
    state: 'completed' as const,
    terminal: { type: 'run.completed', finish_reason: 'stop' },
    usage: undefined,
    lastSeq: 3,
    releaseKey: false,
  };
  const runOf = (id: string, change: Partial<NewRun> = {}): NewRun => ({
    id,
    instanceId: 'one',
    owner: ada,
    mode: 'chat',
    model: 'm',
    messages: [{ role: 'user', content: 'hi' }],
    ...change,
  });

  it('[RUN-21] forgets keys and temporary chats after the retention time, and nothing else', async () => {
    const db = await databases.open();
    const store = new RunStore(db);
    const cleaner = new RunCleaner(db, { LOG_RETENTION_SECONDS: 3600 });
    const conversation = { id: 'c', type: 'chat' as const, title: 'x' };
    const keyed = { idempotencyKey: 'k', requestHash: 'a' };
    await store.start(runOf('keyed', { conversation, ...keyed }), 0);
    await store.start(runOf('temporary'), 0);
    await store.start(runOf('later'), 0);
    await store.start(runOf('unfinished'), 0);
    for (const id of ['keyed', 'temporary']) await store.finish(id, 1, end, 1000);
    await store.finish('later', 1, end, HOUR);
    await addTurn(db, 'other', { at: 1 });

    expect(await cleaner.clean(1000 + HOUR)).toEqual({ keys: 0, runs: 0 });
    await expect(store.start(runOf('retry', { conversation, ...keyed }), HOUR)).resolves.toMatchObject({
      existing: { id: 'keyed' },
    });
    expect(await cleaner.clean(1001 + HOUR)).toEqual({ keys: 1, runs: 1 });
    expect(await cleaner.clean(1001 + HOUR)).toEqual({ keys: 0, runs: 0 });

    const left = await Promise.all(
      ['keyed', 'temporary', 'later', 'unfinished'].map(async (id) => (await store.find(ada, id))?.state),
    );
    expect(left).toEqual(['completed', undefined, 'completed', 'running']);
    expect(
      await store.start(runOf('anew', { conversation, ...keyed, requestHash: 'b' }), HOUR),
    ).toMatchObject({
      round: 2,
    });
    for (const id of ['c', 'other'])
      expect(await new ConversationStore(db).rounds(ada, id)).toHaveLength(id === 'c' ? 2 : 1);
  });

  it('cleans more than one batch, also with another instance at the same work', async () => {
    const db = await databases.open();
    const again = (await databases.openAgain?.()) ?? db;
    const row = { ...ada, mode: 'chat' as const, model: 'm', state: 'completed' as const, epoch: 1 };
    for (let batch = 0; batch < 3; batch += 1)
      await db
        .insertInto('runs')
        .values(
          Array.from({ length: 450 }, (_, at) => ({
            ...row,
            id: `r${batch}-${at}`,
            created_at: 0,
            ended_at: 1,
          })),
        )
        .execute();
    await Promise.all(
      [db, again].map((one) => new RunCleaner(one, { LOG_RETENTION_SECONDS: 1 }).clean(HOUR)),
    );
    expect(await db.selectFrom('runs').select('id').execute()).toEqual([]);
  });
});
