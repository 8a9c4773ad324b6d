import { ScriptedWorld, settle } from '../stream/scripted-world.js';
import { ConversationList } from './conversation-list.js';
import { KnownConversations } from './known-conversations.js';

const START = Date.UTC(2026, 10, 22, 10);

function entry(id: string, more: object = {}) {
  const updated_at = new Date(START - Number(id.replace(/\D/g, '')) * 1000).toISOString().slice(0, -1);
  return { _id: id, type: 'chat', title: `Title ${id}`, status: 'active', tags: [], updated_at, ...more };
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

/** A server with these conversations, by pages of what is asked for. */
function setUp(entries: object[] = []) {
  const world = new ScriptedWorld();
  const asked: string[] = [];
  const server = { entries: entries as Record<string, unknown>[], fail: false };
  const waiting: (() => void)[] = [];
  let held = false;
  const answer = (url: string): Response => {
    if (server.fail) return json({ code: 'internal', detail: 'Oh.' }, 500);
    const { searchParams } = new URL(url, 'http://host');
    const [q, from] = [searchParams.get('q') ?? '', Number(searchParams.get('cursor') ?? '0')];
    const limit = Number(searchParams.get('limit'));
    const matching = server.entries.filter(
      (one) => one['status'] === searchParams.get('status') && String(one['title']).includes(q),
    );
    const conversations = matching.slice(from, from + limit);
    const next = from + limit < matching.length ? String(from + limit) : null;
    return json({ conversations, total_count: matching.length, next_cursor: next });
  };
  const fetch = async (url: string): Promise<Response> => {
    asked.push(url.replace('/api/chat/conversations?', ''));
    const response = answer(url);
    if (held) await new Promise<void>((resolve) => waiting.push(resolve));
    return response;
  };
  const known = new KnownConversations();
  const list = new ConversationList(Object.assign(world, { fetch }), known);
  return {
    list,
    known,
    world,
    asked,
    server,
    hold: () => (held = true),
    release: async () => {
      held = false;
      for (const resolve of waiting.splice(0)) resolve();
      await settle();
    },
    ids: () => list.items.peek().map(({ id }) => id),
    favorites: () => list.favorites.peek().map(({ id }) => id),
  };
}

const many = (count: number) => Array.from({ length: count }, (_, index) => entry(`c${index}`));

describe('[UI-10] ConversationList', () => {
  it('shows favourites above the others, and nothing that was removed', async () => {
    const { list, ids, favorites, asked } = setUp([
      entry('c1'),
      entry('c2', { status: 'favorite' }),
      entry('c3', { status: 'deleted' }),
      entry('c4', { type: 'graph' }),
      { title: 'no id', status: 'active' },
      entry('c5', { updated_at: '2026-11-22T12:00:00+02:00', tags: ['sea', 7] }),
    ]);
    expect(list.state.peek().kind).toBe('loading');
    await list.load();
    expect([favorites(), ids()]).toEqual([['c2'], ['c5', 'c1', 'c4']]);
    expect(list.items.peek()[0]).toEqual({
      id: 'c5',
      title: 'Title c5',
      status: 'active',
      tags: ['sea'],
      updatedAt: START,
    });
    expect(asked).toEqual(['status=favorite&limit=5', 'status=active&limit=40']);
  });

  it('shows favourites alone and what was removed alone', async () => {
    const { list, ids, favorites } = setUp([
      entry('c1'),
      entry('c2', { status: 'favorite' }),
      entry('c3', { status: 'deleted' }),
    ]);
    list.choose('favorite');
    await settle();
    expect([favorites(), ids()]).toEqual([[], ['c2']]);
    list.choose('deleted');
    await settle();
    expect([favorites(), ids()]).toEqual([[], ['c3']]);
  });

  it('says how many favourites there are when not all of them stand on top', async () => {
    const { list, favorites } = setUp(many(8).map((one) => ({ ...one, status: 'favorite' })));
    await list.load();
    expect(favorites()).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
    expect(list.favoriteCount.peek()).toBe(8);
  });

  it('loads further pages, and loads again as many as were shown', async () => {
    const { list, ids, asked, server } = setUp(many(100));
    await list.load();
    expect([ids().length, list.canLoadMore.peek()]).toEqual([40, true]);
    await Promise.all([list.loadMore(), list.loadMore()]);
    expect(ids()).toHaveLength(80);
    await list.loadMore();
    expect([ids().length, list.canLoadMore.peek()]).toEqual([100, false]);
    await list.loadMore();
    server.entries = server.entries.slice(1);
    await list.load();
    expect(ids()[0]).toBe('c1');
    expect(ids()).toHaveLength(99);
    expect(asked.filter((one) => one.startsWith('status=active'))).toEqual([
      'status=active&limit=40',
      'status=active&limit=40&cursor=40',
      'status=active&limit=40&cursor=80',
      'status=active&limit=100',
    ]);
  });

  it('keeps what is there when a page or a later load fails', async () => {
    const { list, ids, server } = setUp(many(50));
    await list.load();
    server.fail = true;
    await list.loadMore();
    expect([ids().length, list.more.peek()]).toEqual([40, 'failed']);
    await list.load();
    expect([ids().length, list.state.peek().kind]).toEqual([40, 'ready']);
    server.fail = false;
    await list.loadMore();
    expect([ids().length, list.more.peek()]).toEqual([50, 'idle']);
  });

  it('shows a failure when it has nothing, or nothing that was asked for', async () => {
    const { list, server, ids } = setUp(many(1));
    server.fail = true;
    await list.load();
    expect(list.state.peek()).toMatchObject({ kind: 'failed', problem: { detail: 'Oh.' } });
    server.fail = false;
    await list.load();
    expect(ids()).toEqual(['c0']);
    server.fail = true;
    list.choose('deleted');
    await settle();
    expect(list.state.peek().kind).toBe('failed');
  });

  it('searches a moment after the last key, and at once when the search is cleared', async () => {
    const { list, world, ids, asked } = setUp([entry('c1'), entry('c2', { title: 'The sea' })]);
    await list.load();
    list.search('s');
    list.search(' sea ');
    expect([list.query.peek(), list.searching.peek()]).toEqual([' sea ', true]);
    expect(asked).toHaveLength(2);
    await world.advance(250);
    expect(asked.slice(2)).toEqual(['status=favorite&limit=5&q=sea', 'status=active&limit=40&q=sea']);
    expect([ids(), list.searching.peek()]).toEqual([['c2'], false]);
    list.search('');
    await settle();
    expect(ids()).toEqual(['c1', 'c2']);
    expect(world.timers).toBe(0);
  });

  it('drops an answer to an older question', async () => {
    const { list, world, ids, hold, release } = setUp([entry('c1', { title: 'one' }), entry('c2')]);
    await list.load();
    hold();
    list.search('one');
    await world.advance(250);
    list.search('one more');
    await release();
    expect([ids(), list.searching.peek()]).toEqual([['c1', 'c2'], true]);
    await world.advance(250);
    expect([ids(), list.searching.peek()]).toEqual([[], false]);
  });

  it('drops a page of what is no longer shown', async () => {
    const { list, ids, hold, release } = setUp([...many(50), entry('c99', { status: 'deleted' })]);
    await list.load();
    hold();
    const more = list.loadMore();
    list.choose('deleted');
    await release();
    await more;
    expect([ids(), list.more.peek()]).toEqual([['c99'], 'idle']);
  });
});

describe('[UI-10] a change that is on its way', () => {
  it('shows at once, moves the conversation, and stays when it is saved', async () => {
    const { list, known, ids, favorites, server } = setUp(many(2));
    await list.load();
    const saved = known.change('c1', { status: 'favorite' }, async () => {
      await list.load();
      server.entries[1]!['status'] = 'favorite';
    });
    expect([favorites(), ids()]).toEqual([['c1'], ['c0']]);
    await settle();
    expect([favorites(), ids()]).toEqual([['c1'], ['c0']]);
    expect(await saved).toBeUndefined();
    expect([favorites(), ids()]).toEqual([['c1'], ['c0']]);
    await list.load();
    expect([favorites(), ids()]).toEqual([['c1'], ['c0']]);
  });

  it('goes when the server refuses it, and says why', async () => {
    const { list, known, ids } = setUp(many(2));
    await list.load();
    const refused = known.change('c1', { status: 'deleted' }, () => Promise.reject(new Error('no')));
    expect(ids()).toEqual(['c0']);
    expect(await refused).toMatchObject({ code: 'network' });
    expect(ids()).toEqual(['c0', 'c1']);
  });

  it('leaves the others that are on their way', async () => {
    const { list, known } = setUp(many(1));
    await list.load();
    let save: () => void = () => undefined;
    const renamed = known.change(
      'c0',
      { title: 'New' },
      () => new Promise<void>((resolve) => (save = resolve)),
    );
    await known.change('c0', { tags: ['sea'] }, () => Promise.reject(new Error('no')));
    expect(known.find('c0')).toMatchObject({ title: 'New', tags: [] });
    save();
    await renamed;
    expect(known.find('c0')).toMatchObject({ title: 'New', tags: [] });
    known.forget('c0');
    known.amend('c0', { title: 'Newer' });
    expect(known.find('c0')).toBeUndefined();
    expect(list.items.peek()).toEqual([]);
  });
});
