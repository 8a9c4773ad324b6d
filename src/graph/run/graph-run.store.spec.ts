import type { Kysely } from 'kysely';
import { ada, eve } from '../../../test/support/conversations.js';
import { describeOnEachDatabase } from '../../../test/support/databases.js';
import type { Owner } from '../../auth/owner.js';
import type { Database } from '../../database/schema.js';
import { RunStore } from '../../run/run.store.js';
import { threeNodes } from '../testing/graphs.js';
import { GraphRunStore, type GraphRunRequest } from './graph-run.store.js';
import type { NodeRun } from './node-run.js';

const anew = (input: string): GraphRunRequest => ({ graphName: 'g', graphs: [threeNodes], input });
const onwards = (input = ''): GraphRunRequest => ({ graphName: 'g', graphs: null, input });
const nodeRun = (nodeId: string, fields: Partial<NodeRun> = {}): NodeRun => ({
  nodeRunId: `${nodeId}-1`,
  nodeId,
  startedAfter: 0,
  output: `${nodeId} said`,
  isGlobal: false,
  ...fields,
});

interface TurnOptions {
  state?: 'failed' | 'completed' | 'running';
  after?: string;
  owner?: Owner;
}

describeOnEachDatabase('[GRAPH-10] GraphRunStore', (databases) => {
  let db: Kysely<Database>;
  let runs: RunStore;
  let store: GraphRunStore;
  let count = 0;
  beforeEach(async () => {
    db = await databases.open();
    runs = new RunStore(db);
    store = new GraphRunStore(db);
  });

  /** Stores a turn with the nodes that have ended in it. */
  async function turn(
    request: GraphRunRequest,
    nodes: readonly NodeRun[] = [],
    { state = 'failed', after, owner = ada }: TurnOptions = {},
  ): Promise<string> {
    const id = `run-${(count += 1)}`;
    const messages = [{ role: 'user' as const, content: request.input }];
    await runs.start(
      {
        id,
        instanceId: 'one',
        owner,
        mode: 'graph',
        model: 'g',
        messages,
        conversation: { id: 'c', type: 'graph', title: 't', afterRunId: after },
        store: (transaction, runId) => store.start(transaction, runId, request),
      },
      1000,
    );
    for (const node of nodes) await store.keepNode(id, 1, node, nodes.indexOf(node));
    const end = {
      terminal: { type: 'run.failed' },
      usage: undefined,
      lastSeq: 5,
      releaseKey: false,
      messages,
    };
    if (state !== 'running') await runs.finish(id, 1, { state, ...end }, 2000);
    return id;
  }

  it('gives a run what it was asked for', async () => {
    const id = await turn(anew('Go'), [], { state: 'running' });
    expect(await store.basisOf(ada, id)).toEqual({
      graphs: [threeNodes],
      input: 'Go',
      globals: [],
      nodes: [],
    });
    expect(await store.lastGraph(ada, 'c')).toBe('g');
    expect(await store.lastGraph(eve, 'c')).toBeUndefined();
  });

  it('knows the graph of the turn that is followed, on each branch', async () => {
    const other = { graphName: 'other', graphs: [threeNodes], input: 'Go' };
    const first = await turn(anew('Go'), [], { state: 'completed' });
    const second = await turn(other, [], { state: 'completed' });
    expect(await store.lastGraph(ada, 'c')).toBe('other');
    expect(await store.lastGraph(ada, 'c', first)).toBe('g');
    await turn(anew('Again'), [], { state: 'completed', after: first });
    expect(await store.lastGraph(ada, 'c')).toBe('g');
    expect(await store.lastGraph(ada, 'c', second)).toBe('other');
  });

  it('[D-37] stores a node as one row, once, as it was', async () => {
    const node = nodeRun('a', {
      startedAfter: 2,
      output: 'zero \0, half \ud83c, 水 🌊',
      choice: { key: 'sg.a', target: 'b' },
      isGlobal: true,
      fileName: 'a_1.md',
    });
    const id = await turn(anew('Go'), [node, node], { state: 'running' });
    expect((await store.basisOf(ada, id)).nodes).toEqual([node]);
    expect(await db.selectFrom('node_runs').select('node_id').execute()).toHaveLength(1);
  });

  it('takes no node of a run that is another writer’s', async () => {
    const id = await turn(anew('Go'), [], { state: 'running' });
    await runs.takeOver({ id, epoch: 1 }, 'two');
    expect(await store.keepNode(id, 1, nodeRun('a'), 0)).toBe(false);
    expect(await store.keepNode(id, 2, nodeRun('b'), 0)).toBe(true);
    expect((await store.basisOf(ada, id)).nodes.map(({ nodeId }) => nodeId)).toEqual(['b']);
  });

  it('goes on with the nodes of all turns of one execution, in the order in which they ended', async () => {
    await turn(anew('Go'), [nodeRun('b'), nodeRun('a')]);
    const second = await turn(onwards());
    await store.keepNode(second, 1, nodeRun('c'), 2);
    const third = await turn(onwards('But quickly'), [], { state: 'running' });
    expect(await store.basisOf(ada, third)).toMatchObject({
      graphs: [threeNodes],
      input: 'But quickly',
      nodes: [{ nodeId: 'b' }, { nodeId: 'a' }, { nodeId: 'c' }],
    });
  });

  it('begins anew with a text after a turn that has completed, with the same graph', async () => {
    await turn(anew('One'), [nodeRun('a', { isGlobal: true })], { state: 'completed' });
    const same = await turn(onwards(), [], { state: 'completed' });
    expect((await store.basisOf(ada, same)).nodes).toHaveLength(1);
    const next = await turn(onwards('Two'), [], { state: 'running' });
    expect(await store.basisOf(ada, next)).toEqual({
      graphs: [threeNodes],
      input: 'Two',
      globals: [{ id: 'a', text: 'a said' }],
      nodes: [],
    });
  });

  it('has the global outputs of the turns before it, of its own branch', async () => {
    const spoke = (text: string) => [nodeRun('a', { isGlobal: true, output: text }), nodeRun('b')];
    const first = await turn(anew('One'), spoke('one'), { state: 'completed' });
    await turn(anew('Two'), spoke('two'), { state: 'completed' });
    const other = await turn(anew('Other'), spoke('other'), { after: first });
    const last = await turn(anew('Last'), [], { state: 'running', after: other });
    expect((await store.basisOf(ada, last)).globals.map(({ text }) => text)).toEqual(['one', 'other']);
  });

  it('keeps a conversation of the same id apart for each owner', async () => {
    await turn(anew('Hers'), [nodeRun('a', { isGlobal: true })], { owner: eve });
    const mine = await turn(anew('Mine'), [], { state: 'running' });
    expect((await store.basisOf(ada, mine)).globals).toEqual([]);
    const hers = await turn(onwards(), [], { owner: eve, state: 'running' });
    expect(await store.basisOf(eve, hers)).toMatchObject({ input: 'Hers', nodes: [{ nodeId: 'a' }] });
  });
});
