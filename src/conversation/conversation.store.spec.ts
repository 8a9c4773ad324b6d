import fc from 'fast-check';
import { ada, addTurn, eve } from '../../test/support/conversations.js';
import { describeOnEachDatabase } from '../../test/support/databases.js';
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
