import type { Kysely } from 'kysely';
import { ada, eve } from '../../test/support/conversations.js';
import { describeOnEachDatabase } from '../../test/support/databases.js';
import type { Database } from '../database/schema.js';
import { KEPT_VERSIONS } from './graph-rows.js';
import { GraphStore } from './graph.store.js';
import { graphOf, threeNodes } from './testing/graphs.js';

const may = { mayReplace: true, now: 1000 };
const node = { name: 'a', input_nodes: ['start'], output_nodes: ['end'] };
const graph = (name: string, prompt = '') => graphOf([{ ...node, user_prompt: prompt }], { name });
const parent = (name: string, part: string) =>
  graphOf([{ ...node, is_subgraph: true, subgraph_name: part }], { name });

describeOnEachDatabase('[GRAPH-01] GraphStore', (databases) => {
  let db: Kysely<Database>;
  let store: GraphStore;
  beforeEach(async () => {
    db = await databases.open();
    store = new GraphStore(db);
  });
  const save = (...configs: ReturnType<typeof graph>[]) =>
    store.save(
      ada,
      configs.map((config) => ({ config })),
      may,
    );

  it('[D-44] gives a graph back as it was written', async () => {
    await save(threeNodes);
    expect(await store.find(ada, 'g')).toEqual({
      ...ada,
      name: 'g',
      version: 1,
      readme: '',
      created_at: 1000,
      updated_at: 1000,
      config: threeNodes,
    });
  });

  it('keeps the graphs of each owner apart', async () => {
    await save(graph('mine', 'of ada'));
    await store.save(eve, [{ config: graph('mine', 'of eve') }], may);
    await store.save(eve, [{ config: graph('hers') }], may);
    expect(await store.names(ada)).toEqual(['mine']);
    expect(await store.names(eve)).toEqual(['hers', 'mine']);
    expect((await store.find(ada, 'mine'))?.config.nodes[0]?.user_prompt).toBe('of ada');
    await store.remove(eve, 'mine');
    expect(await store.find(ada, 'mine')).toBeDefined();
    await expect(store.remove(ada, 'hers')).rejects.toMatchObject({ code: 'graph_not_found' });
    await expect(store.rename(ada, 'hers', 'x', 1)).rejects.toMatchObject({ code: 'graph_not_found' });
    await expect(store.setReadme(ada, 'hers', 'x', 1)).rejects.toMatchObject({ code: 'graph_not_found' });
    expect(await store.versions(ada, 'hers')).toEqual([]);
    expect(await store.version(ada, 'hers', 1)).toBeUndefined();
    expect(await store.withSubgraphs(ada, ['hers'])).toEqual(new Map());
  });

  it('makes a version of each change, and none of what is the same', async () => {
    for (const prompt of ['one', 'one', 'two']) await save(graph('g', prompt));
    expect(await store.versions(ada, 'g')).toMatchObject([
      { version: 2, nodes: 1 },
      { version: 1, nodes: 1 },
    ]);
    expect(await store.version(ada, 'g', 1)).toEqual(graph('g', 'one'));
    expect((await store.find(ada, 'g'))?.config).toEqual(graph('g', 'two'));
  });

  it('keeps so many versions, the newest', async () => {
    for (let time = 0; time < KEPT_VERSIONS + 3; time += 1) await save(graph('g', `v${time}`));
    const versions = (await store.versions(ada, 'g')).map(({ version }) => version);
    expect(versions).toHaveLength(KEPT_VERSIONS);
    expect([versions[0], versions.at(-1)]).toEqual([KEPT_VERSIONS + 3, 4]);
  });

  it('replaces nothing that it may not, and then stores nothing of the rest', async () => {
    await save(graph('b', 'mine'));
    const saved = store.save(ada, [{ config: graph('a') }, { config: graph('b', 'another') }], {
      mayReplace: false,
      now: 2,
    });
    await expect(saved).rejects.toMatchObject({ code: 'graph_exists', members: { graphs: ['b'] } });
    expect(await store.names(ada)).toEqual(['b']);
    await store.save(ada, [{ config: graph('b', 'mine') }], { mayReplace: false, now: 2 });
  });

  it('finds a graph with all that is inside of it, once', async () => {
    await save(graph('leaf'), parent('twig', 'leaf'), parent('branch', 'twig'), parent('other', 'gone'));
    const found = await store.withSubgraphs(ada, ['branch', 'other', 'leaf']);
    expect([...found.keys()].sort()).toEqual(['branch', 'leaf', 'other', 'twig']);
  });

  it('removes a graph with its versions, but not one that is a part of another', async () => {
    await save(graph('leaf', '1'), parent('twig', 'leaf'));
    await save(graph('leaf', '2'));
    await expect(store.remove(ada, 'leaf')).rejects.toMatchObject({
      code: 'graph_in_use',
      members: { graphs: ['twig'] },
    });
    await store.remove(ada, 'twig');
    await store.remove(ada, 'leaf');
    expect(await db.selectFrom('graph_versions').selectAll().execute()).toEqual([]);
  });

  it('renames a graph, its versions, and what refers to it', async () => {
    await save(graph('leaf', '1'));
    await save(graph('leaf', '2'), parent('twig', 'leaf'), graph('taken'));
    await expect(store.rename(ada, 'leaf', 'taken', 5)).rejects.toMatchObject({ code: 'graph_exists' });
    await store.rename(ada, 'leaf', 'blade', 5);
    expect(await store.names(ada)).toEqual(['blade', 'taken', 'twig']);
    expect((await store.find(ada, 'blade'))?.config).toEqual(graph('blade', '2'));
    expect(await store.version(ada, 'blade', 1)).toEqual(graph('blade', '1'));
    expect((await store.find(ada, 'twig'))?.config.nodes[0]?.subgraph_name).toBe('blade');
    await store.rename(ada, 'blade', 'blade', 6);
  });

  it('keeps the readme until it is replaced', async () => {
    await store.save(ada, [{ config: graph('g'), readme: '# G' }], may);
    await save(graph('g', 'changed'));
    expect((await store.find(ada, 'g'))?.readme).toBe('# G');
    await store.setReadme(ada, 'g', '# New', 3);
    expect((await store.find(ada, 'g'))?.readme).toBe('# New');
  });

  it('takes saves at the same time one after the other', async () => {
    const again = new GraphStore((await databases.openAgain?.()) ?? db);
    await Promise.all(
      [store, again, store, again].map((one, at) => one.save(ada, [{ config: graph('g', `v${at}`) }], may)),
    );
    expect((await store.versions(ada, 'g')).map(({ version }) => version)).toEqual([4, 3, 2, 1]);
  });
});
