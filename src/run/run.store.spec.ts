import fc from 'fast-check';
import { describeOnEachDatabase } from '../../test/support/databases.js';
import type { Owner } from '../auth/owner.js';
import { ConversationStore } from '../conversation/conversation.store.js';
import type { StoredMessage } from '../conversation/stored-message.js';
import { RunStore, type NewRun, type RunEnd } from './run.store.js';
import { anyCharacter } from '../protocol/text.arbitrary.js';

const ada: Owner = { tenant_id: 'lovelace', user_id: 'ada' };
const eve: Owner = { tenant_id: 'lovelace', user_id: 'eve' };
let runs = 0;

function newRun(change: Partial<NewRun> = {}): NewRun {
  runs += 1;
  return {
    id: `run-${runs}`,
    instanceId: 'one',
    owner: ada,
    mode: 'chat',
    model: 'plain',
    conversation: { id: 'c', type: 'chat', title: 'Hello' },
    messages: [{ role: 'user', content: 'hello' }],
    ...change,
  };
}

function endOf(answer: string, change: Partial<RunEnd> = {}): RunEnd {
  return {
    state: 'completed',
    terminal: { type: 'run.completed', finish_reason: 'stop' },
    usage: { input_tokens: 10, output_tokens: 5 },
    lastSeq: 9,
    releaseKey: false,
    messages: [
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: answer },
    ],
    ...change,
  };
}

describeOnEachDatabase('RunStore', (databases) => {
  it('stores a run, its round and its conversation together', async () => {
    const db = await databases.open();
    const store = new RunStore(db);
    const run = newRun();

    expect(await store.start(run, 1000)).toMatchObject({ round: 1, conversationCreated: true });
    expect(await store.start(newRun(), 2000)).toMatchObject({ round: 2, conversationCreated: false });
    expect(await store.find(ada, run.id)).toMatchObject({ state: 'queued', epoch: 1, created_at: 1000 });
    expect(await store.find(eve, run.id)).toBeUndefined();
    expect(await store.find(ada, `${run.id}\0`)).toBeUndefined();
    expect((await store.round(run.id)).messages).toEqual(run.messages);
    expect(await new ConversationStore(db).find(ada, 'c')).toMatchObject({
      title: 'Hello',
      titled_by: 'prompt',
      round_count: 2,
      created_at: 1000,
      updated_at: 2000,
    });
  });

  it('keeps any text that JSON can hold', async () => {
    const store = new RunStore(await databases.open());
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: anyCharacter }), async (content) => {
        const messages: StoredMessage[] = [{ role: 'user', content: `\0\ud800'\\%_${content}` }];
        const run = newRun({ messages });
        await store.start(run, 1);
        expect((await store.round(run.id)).messages).toEqual(messages);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a conversation of another type, and stores nothing of the run', async () => {
    const store = new RunStore(await databases.open());
    await store.start(newRun(), 1);
    const run = newRun({ conversation: { id: 'c', type: 'graph', title: 'x' } });

    await expect(store.start(run, 1)).rejects.toMatchObject({ code: 'wrong_conversation_type' });
    expect(await store.find(ada, run.id)).toBeUndefined();
  });

  it('gives the same conversation id of two owners two conversations', async () => {
    const store = new RunStore(await databases.open());
    expect(await store.start(newRun(), 1)).toMatchObject({ round: 1, conversationCreated: true });
    expect(await store.start(newRun({ owner: eve }), 1)).toMatchObject({
      round: 1,
      conversationCreated: true,
    });
  });

  it('[AISDK-03] finds the newest turn of a conversation, while it answers and a moment after', async () => {
    const store = new RunStore(await databases.open());
    expect(await store.latestTurn(ada, 'c', 0)).toBeNull();
    const [first, second] = [newRun(), newRun()];
    await store.start(first, 1000);
    await store.start(second, 2000);
    expect(await store.latestTurn(ada, 'c', 5000)).toMatchObject({ id: second.id, state: 'queued' });
    await store.finish(second.id, 1, endOf('Hi'), 3000);
    expect(await store.latestTurn(ada, 'c', 2999)).toMatchObject({ id: second.id, state: 'completed' });
    expect(await store.latestTurn(ada, 'c', 3000)).toBeNull();
    expect(await store.latestTurn(eve, 'c', 0)).toBeNull();
    expect(await store.latestTurn(ada, 'c\0', 0)).toBeNull();
  });

  describe('the end of a run', () => {
    it('is decided once, with message and usage', async () => {
      const db = await databases.open();
      const store = new RunStore(db);
      const run = newRun();
      await store.start(run, 1);

      expect(await store.finish(run.id, 1, endOf('Hi'), 2000)).toBe(true);
      expect(await store.finish(run.id, 1, endOf('Too late', { state: 'cancelled' }), 3000)).toBe(false);
      expect(await store.find(ada, run.id)).toMatchObject({
        state: 'completed',
        ended_at: 2000,
        last_seq: 9,
      });
      expect((await store.round(run.id)).messages).toEqual(endOf('Hi').messages);
      expect(await new ConversationStore(db).find(ada, 'c')).toMatchObject({
        prompt_tokens: 10,
        completion_tokens: 5,
        updated_at: 2000,
      });
    });

    it('is refused to a writer of an older epoch', async () => {
      const store = new RunStore(await databases.open());
      const run = newRun();
      await store.start(run, 1);
      expect(await store.takeOver({ id: run.id, epoch: 1 }, 'two')).toMatchObject({
        epoch: 2,
        instance_id: 'two',
      });

      expect(await store.finish(run.id, 1, endOf('A zombie'), 2)).toBe(false);
      expect(await store.finish(run.id, 2, endOf('Hi'), 3)).toBe(true);
      expect((await store.round(run.id)).messages).toEqual(endOf('Hi').messages);
    });

    it('[LOG-05] follows its owner to another epoch, and nobody else', async () => {
      const store = new RunStore(await databases.open());
      const run = newRun();
      await store.start(run, 1);
      expect(await store.moveEpoch(run.id, 'two', { from: 1, to: 2 })).toBe(false);
      for (let time = 0; time < 2; time += 1)
        expect(await store.moveEpoch(run.id, 'one', { from: 1, to: 2 })).toBe(true);
      expect(await store.finish(run.id, 1, endOf('Too early'), 2)).toBe(false);
      await store.takeOver({ id: run.id, epoch: 2 }, 'two');
      expect(await store.moveEpoch(run.id, 'one', { from: 2, to: 3 })).toBe(false);
      await store.takeOver({ id: run.id, epoch: 3 }, 'one');
      expect(await store.moveEpoch(run.id, 'one', { from: 2, to: 3 })).toBe(false);
      expect(await store.find(ada, run.id)).toMatchObject({ epoch: 4, instance_id: 'one', state: 'queued' });
    });

    it('is decided once when cancel, complete and interrupt come together', async () => {
      const db = await databases.open();
      const again = (await databases.openAgain?.()) ?? db;
      const stores = [new RunStore(db), new RunStore(again)];
      for (let turn = 0; turn < 5; turn += 1) {
        const run = newRun();
        await stores[0]!.start(run, 1);
        const ends = (['completed', 'cancelled', 'interrupted', 'failed'] as const).map((state, at) =>
          stores[at % 2]!.finish(run.id, 1, endOf(state, { state }), 2),
        );
        const decided = await Promise.all(ends);
        expect(decided.filter(Boolean)).toHaveLength(1);
        const state = ['completed', 'cancelled', 'interrupted', 'failed'][decided.indexOf(true)];
        expect(await stores[1]!.find(ada, run.id)).toMatchObject({ state });
        expect((await stores[1]!.round(run.id)).messages).toEqual(endOf(state!).messages);
      }
    });
  });

  describe('an Idempotency-Key', () => {
    const keyed = (key: string, requestHash = 'a') => newRun({ idempotencyKey: key, requestHash });

    it('gives the same request its run, another request an error, another owner a run of their own', async () => {
      const store = new RunStore(await databases.open());
      const first = keyed('k');
      await store.start(first, 1);

      expect(await store.start(keyed('k'), 2)).toMatchObject({ existing: { id: first.id } });
      await expect(store.start(keyed('k', 'b'), 2)).rejects.toMatchObject({ code: 'idempotency_mismatch' });
      expect(await store.start({ ...keyed('k'), owner: eve }, 2)).toMatchObject({
        conversationCreated: true,
      });
    });

    it('is free again when its run was released', async () => {
      const store = new RunStore(await databases.open());
      const first = keyed('k');
      await store.start(first, 1);
      await store.finish(first.id, 1, endOf('', { releaseKey: true }), 2);
      expect(await store.start(keyed('k', 'b'), 3)).toMatchObject({ round: 2, conversationCreated: false });
    });

    it('starts one run of a hundred parallel retries, over two instances', async () => {
      const db = await databases.open();
      const again = (await databases.openAgain?.()) ?? db;
      const stores = [new RunStore(db), new RunStore(again)];
      const started = await Promise.all(
        Array.from({ length: 100 }, (_, at) => stores[at % 2]!.start(keyed('many'), 1)),
      );

      expect(started.filter(({ existing }) => existing === undefined)).toHaveLength(1);
      expect(new Set(started.flatMap(({ existing }) => existing?.id ?? [])).size).toBe(1);
      expect(await new ConversationStore(db).rounds(ada, 'c')).toHaveLength(1);
    });
  });

  describe('a conversation that still answers', () => {
    const c = { id: 'c', type: 'chat' as const, title: 'Hello' };

    it('[CHAT-16] refuses a run that asked for that, and takes it when all has ended', async () => {
      const store = new RunStore(await databases.open());
      const first = newRun();
      await store.start(first, 1);
      const refused = newRun({ conversation: { ...c, onBusy: 'reject' } });
      await expect(store.start(refused, 2)).rejects.toMatchObject({ code: 'conversation_busy' });
      expect(await store.find(ada, refused.id)).toBeUndefined();
      await store.finish(first.id, 1, endOf('Hi'), 3);
      expect(await store.start(refused, 4)).toMatchObject({ round: 2, interrupted: [] });
      expect(
        await store.start(newRun({ conversation: { ...c, id: 'other', onBusy: 'reject' } }), 5),
      ).toMatchObject({ round: 1 });
    });

    it('[CHAT-16] takes one of many that came together and asked to be refused', async () => {
      const db = await databases.open();
      const again = (await databases.openAgain?.()) ?? db;
      const stores = [new RunStore(db), new RunStore(again)];
      const ended = newRun();
      await stores[0]!.start(ended, 1);
      await stores[0]!.finish(ended.id, 1, endOf('Hi'), 1);
      const started = await Promise.allSettled(
        Array.from({ length: 12 }, (_, at) =>
          stores[at % 2]!.start(newRun({ conversation: { ...c, onBusy: 'reject' } }), 2),
        ),
      );
      expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await new ConversationStore(db).rounds(ada, 'c')).toHaveLength(2);
    });

    it('[CHAT-16] says what a run interrupts that asked for that', async () => {
      const store = new RunStore(await databases.open());
      const [running, waiting, other, hers] = [
        newRun(),
        newRun(),
        newRun({ conversation: { ...c, id: 'other' } }),
        newRun({ owner: eve }),
      ];
      for (const run of [running, waiting, other, hers]) await store.start(run, 1);
      const started = await store.start(newRun({ conversation: { ...c, onBusy: 'interrupt' } }), 2);
      expect(started).toMatchObject({ round: 3, interrupted: [running.id, waiting.id] });
    });
  });

  describe('a turn that follows another one than the last', () => {
    const after = (afterRunId: string | null) =>
      newRun({ conversation: { id: 'c', type: 'chat', title: 'x', afterRunId } });

    it('[CONV-01] begins a branch there, which is current from then on', async () => {
      const db = await databases.open();
      const store = new RunStore(db);
      const [first, second, again, anew] = [newRun(), newRun(), after(null), after(null)];
      for (const run of [first, second]) await store.start(run, 1);
      again.conversation!.afterRunId = first.id;
      expect(await store.start(again, 2)).toMatchObject({ round: 3 });
      const conversations = new ConversationStore(db);
      expect(await conversations.rounds(ada, 'c')).toMatchObject([
        { round: 1, run_id: first.id, after_run_id: null, branches: [first.id] },
        { round: 3, run_id: again.id, after_run_id: first.id, branches: [second.id, again.id] },
      ]);
      await store.start(anew, 3);
      expect(await conversations.rounds(ada, 'c')).toMatchObject([
        { round: 4, run_id: anew.id, after_run_id: null, branches: [first.id, anew.id] },
      ]);
    });

    it('[CONV-01] must follow a turn of its conversation and owner; else nothing is stored', async () => {
      const store = new RunStore(await databases.open());
      const [mine, other, hers] = [
        newRun(),
        newRun({ conversation: { id: 'other', type: 'chat', title: 'x' } }),
        newRun({ owner: eve }),
      ];
      for (const run of [mine, other, hers]) await store.start(run, 1);
      for (const id of [other.id, hers.id, 'nothing']) {
        const run = after(id);
        await expect(store.start(run, 2)).rejects.toMatchObject({ code: 'run_not_found' });
        expect(await store.find(ada, run.id)).toBeUndefined();
      }
      const fresh = newRun({ conversation: { id: 'new', type: 'chat', title: 'x', afterRunId: mine.id } });
      await expect(store.start(fresh, 2)).rejects.toMatchObject({ code: 'run_not_found' });
    });
  });

  it('[P3] finds unfinished runs first, and every orphan page by page, however many a dead instance has ended', async () => {
    const db = await databases.open();
    const store = new RunStore(db);
    const ended = Array.from({ length: 510 }, () => newRun());
    const unfinished = newRun({ id: 'zzz' });
    for (const run of [...ended, unfinished]) {
      await store.start({ ...run, conversation: undefined }, 1);
      if (run !== unfinished) await store.finish(run.id, 1, { ...endOf(''), messages: undefined }, 5);
    }
    const [first] = await store.orphans({ self: 'two', endedAfter: 1 });
    expect(first).toMatchObject({ id: unfinished.id, state: 'running' });
    const found: string[] = [];
    for (let page = await store.orphans({ self: 'two', endedAfter: 1, after: '' }); page.length > 0;) {
      found.push(...page.map(({ id }) => id));
      page = await store.orphans({ self: 'two', endedAfter: 1, after: page.at(-1)!.id });
    }
    expect(found).toEqual([...ended, unfinished].map(({ id }) => id).sort());
  });

  it('[D-26] numbers parallel turns of a conversation 1..N, over two instances', async () => {
    const db = await databases.open();
    const again = (await databases.openAgain?.()) ?? db;
    const stores = [new RunStore(db), new RunStore(again)];
    await fc.assert(
      fc.asyncProperty(
        fc.uuid(),
        fc.array(fc.record({ store: fc.nat(1), owner: fc.constantFrom(ada, eve) }), {
          minLength: 2,
          maxLength: 24,
        }),
        async (id, turns) => {
          const conversation = { id, type: 'chat' as const, title: 'x' };
          const started = await Promise.all(
            turns.map(({ store, owner }) => stores[store]!.start(newRun({ owner, conversation }), 1)),
          );
          for (const owner of [ada, eve]) {
            const mine = started.filter((_, at) => turns[at]!.owner === owner);
            const numbers = mine.map((one) => (one.existing ? undefined : one.round));
            const expected = mine.map((_, at) => at + 1);
            expect(numbers.toSorted((a, b) => a! - b!)).toEqual(expected);
            expect(mine.filter((one) => !one.existing && one.conversationCreated)).toHaveLength(
              Math.min(mine.length, 1),
            );
            const rounds = await new ConversationStore(db).rounds(owner, id);
            expect(rounds.map(({ round }) => round)).toEqual(expected);
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});
