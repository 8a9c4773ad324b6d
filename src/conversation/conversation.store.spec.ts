import fc from 'fast-check';
import { ada, addTurn, eve } from '../../test/support/conversations.js';
import { describeOnEachDatabase } from '../../test/support/databases.js';
import { RunStore } from '../run/run.store.js';
import { ConversationList } from './conversation-list.js';
import { ConversationStore } from './conversation.store.js';
import { formatCursor, readListQuery } from './list-query.js';

describeOnEachDatabase('ConversationStore', (databases) => {
  it('[D-55] changes names, tags and status whatever the status is, for their owner only', async () => {
    const db = await databases.open();
    const store = new ConversationStore(db);
    await addTurn(db, 'c');
    await addTurn(db, 'c', { owner: eve });

    for (const status of ['favorite', 'deleted', 'active'] as const) {
      expect(await store.setStatus(ada, 'c', status)).toBe(true);
      expect(await store.rename(ada, 'c', status)).toBe(true);
      expect(await store.setTags(ada, 'c', [status, '海'])).toBe(true);
      expect(await store.find(ada, 'c')).toMatchObject({
        status,
        title: status,
        tags: JSON.stringify([status, '海']),
        titled_by: 'user',
        updated_at: 1000,
      });
    }
    expect(await store.find(eve, 'c')).toMatchObject({ status: 'active', title: 'hello', tags: '[]' });
    for (const change of [
      store.setStatus(ada, 'other', 'deleted'),
      store.rename(ada, 'other', 'x'),
      store.setTags(ada, 'other', []),
      store.giveTitle(ada, 'other', { title: 'x', tags: [] }),
    ])
      expect(await change).toBe(false);
  });

  it('loses none of the changes of title and tags that come together', async () => {
    const db = await databases.open();
    const again = (await databases.openAgain?.()) ?? db;
    const [here, there] = [new ConversationStore(db), new ConversationStore(again)];
    for (let turn = 0; turn < 5; turn += 1) {
      await addTurn(db, `c${turn}`);
      await Promise.all([
        here.rename(ada, `c${turn}`, 'Mine'),
        there.giveTitle(ada, `c${turn}`, { title: 'Made', tags: ['made'] }),
        there.setTags(ada, `c${turn}`, ['my']),
      ]);
      expect(await here.find(ada, `c${turn}`)).toMatchObject({
        title: 'Mine',
        tags: '["my"]',
        titled_by: 'user',
        search_text: 'mine\nmy',
      });
    }
  });
});

describeOnEachDatabase('The tree of a conversation', (databases) => {
  it('[CONV-01] any turns after any turns: what is shown and sent is the way to the current one', async () => {
    const db = await databases.open();
    const store = new ConversationStore(db);
    let conversations = 0;
    const step = fc.record({
      /** After which turn: the last, none, or one by its number. */
      after: fc.oneof(fc.constant(undefined), fc.constant(null), fc.nat()),
      neverStarted: fc.boolean(),
      select: fc.option(fc.nat(), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        conversations += 1;
        const id = `tree-${conversations}`;
        const turns: { id: string; question: string; parent: number | null; said: boolean }[] = [];
        let head: number | null = null;
        const wayTo = (turn: number | null): number[] =>
          turn === null ? [] : [...wayTo(turns[turn]!.parent), turn];
        for (const { after, neverStarted, select } of steps) {
          const parent: number | null =
            after === undefined || (after !== null && turns.length === 0)
              ? head
              : after === null
                ? null
                : after % turns.length;
          const question = `question ${turns.length}`;
          const run = await addTurn(db, id, {
            question,
            neverStarted,
            ...(after !== undefined && { after: parent === null ? null : turns[parent]!.id }),
          });
          turns.push({ id: run, question, parent, said: !neverStarted });
          head = turns.length - 1;
          const history = await store.history(ada, id, turns.length);
          expect(history.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual(
            wayTo(parent).flatMap((turn) => (turns[turn]!.said ? [turns[turn]!.question] : [])),
          );
          if (select === undefined) continue;
          const through = select % turns.length;
          const below = turns.flatMap((_, turn) => (wayTo(turn).includes(through) ? [turn] : []));
          head = Math.max(...below);
          expect(await store.selectBranch(ada, id, turns[through]!.id)).toBe(turns[head]!.id);
        }
        const shown = await store.rounds(ada, id);
        expect(
          shown.map(({ run_id, after_run_id, branches, started }) => ({
            run_id,
            after_run_id,
            branches,
            started,
          })),
        ).toEqual(
          wayTo(head).map((turn) => {
            const { id: run_id, parent, said } = turns[turn]!;
            return {
              run_id,
              after_run_id: parent === null ? null : turns[parent]!.id,
              branches: turns.filter((other) => other.parent === parent).map((other) => other.id),
              started: said,
            };
          }),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('[CONV-01] only its own turns can be made current, by their owner', async () => {
    const db = await databases.open();
    const store = new ConversationStore(db);
    const mine = await addTurn(db, 'c');
    const other = await addTurn(db, 'other');
    const hers = await addTurn(db, 'c', { owner: eve });
    for (const run of [other, hers, 'nothing']) expect(await store.selectBranch(ada, 'c', run)).toBeNull();
    expect(await store.selectBranch(eve, 'other', other)).toBeNull();
    expect(await store.rounds(ada, 'c')).toMatchObject([{ run_id: mine }]);
  });

  it('is read whole, however long it is', async () => {
    const db = await databases.open();
    const rows = 2500;
    const owned = { ...ada, created_at: 1 };
    await addTurn(db, 'c');
    for (let round = 2; round <= rows; round += 1) {
      await db
        .insertInto('runs')
        .values({ ...owned, id: `r${round}`, mode: 'chat', model: 'm', state: 'completed', epoch: 1 })
        .execute();
      await db
        .insertInto('rounds')
        .values({
          ...owned,
          conversation_id: 'c',
          round,
          parent_round: round - 1,
          run_id: `r${round}`,
          messages: JSON.stringify([{ role: 'user', content: `${round}` }]),
          search_text: '',
        })
        .execute();
    }
    await db.updateTable('conversations').set({ head_round: rows }).execute();
    const shown = await new ConversationStore(db).rounds(ada, 'c');
    expect(shown.map(({ round }) => round)).toEqual(Array.from({ length: rows }, (_, at) => at + 1));
    expect(shown.at(-1)!.messages).toEqual([{ role: 'user', content: `${rows}` }]);
  });
});

describeOnEachDatabase('What happens outside of the turns', (databases) => {
  it('[CONV-02] is kept, and carried by the next run alone', async () => {
    const db = await databases.open();
    const store = new ConversationStore(db);
    await addTurn(db, 'c');
    await store.giveTitle(ada, 'c', { title: 'Made', tags: ['a'] });
    await store.giveTitle(ada, 'c', { title: 'Not any more', tags: [] });
    await store.rename(ada, 'c', 'Mine');
    const titled = { type: 'conversation.titled', conversation_id: 'c', title: 'Made', tags: ['a'] };
    expect(await store.events(ada, 'c')).toEqual([{ ...titled, ts: expect.any(Number) as number }]);
    expect(await store.events(eve, 'c')).toEqual([]);

    const run = (id: string) => ({
      id,
      instanceId: 'one',
      owner: ada,
      mode: 'chat' as const,
      model: 'm',
      messages: [],
      conversation: { id: 'c', type: 'chat' as const, title: 'x' },
    });
    const runs = new RunStore(db);
    expect(await runs.start(run('first'), 1)).toMatchObject({ meanwhile: [titled] });
    // A commit whose answer was lost is done again.
    expect(await runs.start(run('first'), 1)).toMatchObject({ meanwhile: [titled] });
    expect(await runs.start(run('second'), 2)).toMatchObject({ meanwhile: [] });
  });
});

describeOnEachDatabase('ConversationList', (databases) => {
  const idsOf = async (list: ConversationList, query: Record<string, string> = {}) =>
    (await list.page(ada, readListQuery(query))).conversations.map(({ id }) => id);

  it('[D-68] gives each conversation once, page by page, newest change first', async () => {
    const db = await databases.open();
    const list = new ConversationList(db);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (times, limit) => {
          await db.deleteFrom('conversations').execute();
          await db.deleteFrom('rounds').execute();
          for (const [at, time] of times.entries()) await addTurn(db, `c${at}`, { at: time });
          await addTurn(db, 'hers', { owner: eve });

          const seen: string[] = [];
          let cursor = '';
          do {
            const page = await list.page(ada, readListQuery({ limit: String(limit), cursor }));
            expect(page.total).toBe(times.length);
            expect(page.conversations.length).toBeLessThanOrEqual(limit);
            seen.push(...page.conversations.map(({ id }) => id));
            cursor = page.next ? formatCursor(page.next) : '';
          } while (cursor !== '');
          const expected = times
            .map((time, at) => ({ time, id: `c${at}` }))
            .sort((a, b) => b.time - a.time || (a.id < b.id ? -1 : 1))
            .map(({ id }) => id);
          expect(seen).toEqual(expected);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('searches titles, tags and what was said, as text, whatever the case', async () => {
    const db = await databases.open();
    const list = new ConversationList(db);
    const store = new ConversationStore(db);
    await addTurn(db, 'percent', { question: 'I am 100% sure' });
    await addTurn(db, 'under', { question: 'snake_case' });
    await addTurn(db, 'back', { question: 'C:\\dir\\x' });
    await addTurn(db, 'french', { question: 'x', answers: [{ role: 'assistant', content: 'ÉCOLE Straße' }] });
    await addTurn(db, 'chinese', { question: '今天的大海' });
    await addTurn(db, 'tool', {
      question: 'look',
      answers: [{ role: 'tool', tool_call_id: 'a', content: 'hidden', status: 'ok' }],
    });
    await addTurn(db, 'hers', { owner: eve, question: '100% hers' });
    await store.rename(ada, 'under', 'Names of things');
    await store.setTags(ada, 'back', ['Windows']);

    const found = async (q: string) => (await idsOf(list, { q })).sort();
    expect(await found('100%')).toEqual(['percent']);
    expect(await found('0% S')).toEqual(['percent']);
    expect(await found('%')).toEqual(['percent']);
    expect(await found('_')).toEqual(['under']);
    expect(await found('c:\\DIR\\X')).toEqual(['back']);
    expect(await found('\\')).toEqual(['back']);
    expect(await found('école')).toEqual(['french']);
    expect(await found('E\u0301cole')).toEqual(['french']);
    expect(await found('大海')).toEqual(['chinese']);
    expect(await found('names OF')).toEqual(['under']);
    expect(await found('windows')).toEqual(['back']);
    expect(await found('hidden')).toEqual([]);
    expect(await found('assistant')).toEqual([]);
    expect(await found("'; DROP TABLE rounds; --")).toEqual([]);
    expect((await list.page(ada, readListQuery({ q: 'sure' }))).total).toBe(1);
  });

  it('filters by type and status', async () => {
    const db = await databases.open();
    const list = new ConversationList(db);
    await addTurn(db, 'a', { type: 'graph' });
    await addTurn(db, 'b');
    await new ConversationStore(db).setStatus(ada, 'b', 'favorite');
    expect(await idsOf(list, { type: 'graph' })).toEqual(['a']);
    expect(await idsOf(list, { status: 'favorite' })).toEqual(['b']);
    expect(await idsOf(list, { status: 'favorite', type: 'graph' })).toEqual([]);
    expect(
      await idsOf(list, { type: '', status: '', q: '', cursor: '', limit: '', unknown: 'x' }),
    ).toHaveLength(2);
  });
});

describe('readListQuery', () => {
  const good = formatCursor({ updated_at: 5, id: 'c' });
  it.each([
    'forged',
    `${good}x`,
    `${good}==`,
    Buffer.from('[5]').toString('base64url'),
    Buffer.from('[-1,"c"]').toString('base64url'),
    Buffer.from('[5,"c", 1]').toString('base64url'),
    Buffer.from('[5, "c"]').toString('base64url'),
    Buffer.from('[5,"a/b"]').toString('base64url'),
    Buffer.from('[5,"c\\u0000"]').toString('base64url'),
  ])('refuses the cursor %s', (cursor) => {
    expect(() => readListQuery({ cursor })).toThrow('Not a valid value: cursor.');
  });

  it('takes its own', () => {
    expect(readListQuery({ cursor: good }).cursor).toEqual({ updated_at: 5, id: 'c' });
  });
});
