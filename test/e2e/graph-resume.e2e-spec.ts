import { GraphClient, modelled, nodesOf } from '../support/graphs.js';
import { checkHistory } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import type { Answer } from '../support/scripted-openai/script.js';
import type { SseReader } from '../support/sse-client.js';
import { newConversation, World } from '../support/world.js';

const { answer, calling, done, failing, finish, gate, saying, text, usage } = scripts;
const NODES = ['a', 'b', 'c', 'w', 'rev', 'fin'];
const three = modelled(
  'three',
  [
    { name: 'a', input_nodes: ['start'], output_nodes: ['c'], global_output: true },
    { name: 'b', input_nodes: ['start'], output_nodes: ['c'] },
    { name: 'c', input_nodes: ['a', 'b'], output_nodes: ['end'], user_prompt: '{a} and {b} on {start}' },
  ].map((node) => (node.name === 'c' ? { ...node, input_nodes: ['a', 'b', 'start'], context: [] } : node)),
);
const loop = modelled('loop', [
  { name: 'w', input_nodes: ['start'], output_nodes: ['rev'] },
  { name: 'rev', input_nodes: ['w'], output_nodes: ['w', 'fin'], handoffs: 2 },
  { name: 'fin', input_nodes: ['rev'], output_nodes: ['end'] },
]);
let world: World;
let graphs: GraphClient;

beforeAll(async () => {
  world = await World.start({ MODEL_MAX_RETRIES: '0', SHUTDOWN_SECONDS: '1' }, NODES);
  graphs = new GraphClient(world);
  for (const one of [three, loop]) await graphs.save(one);
});
afterAll(() => world.stop());
beforeEach(async () => {
  for (const name of NODES) await world.openai.script(name, saying(`${name} said`));
});
afterEach(() => world.openai.reset());

const back = () => calling({ id: 'h', name: 'transfer_to_w', args: '{}' });
const held = (name: string): Answer => answer(gate(name), text(`${name} said`), finish(), usage(), done());
const last = ({ items }: SseReader) => items.at(-2) as Record<string, unknown>;
const begun = (stream: SseReader) =>
  nodesOf(stream)
    .filter((one) => one.startsWith('+'))
    .map((one) => one.slice(1));
const ended = (name: string) => (item: Record<string, unknown>) =>
  item['type'] === 'node_end' && item['node_name'] === name;
const started = (name: string) => (item: Record<string, unknown>) =>
  item['type'] === 'node_start' && item['node_name'] === name;
/** The models that were asked, in order. */
const asked = async () =>
  (await world.openai.requests()).map(({ body }) => (body as { model: string }).model);
const promptOf = async (model: string) => {
  const request = (await world.openai.requests()).findLast(
    ({ body }) => (body as { model: string }).model === model,
  );
  return (request!.body as { messages: { content: string }[] }).messages.at(-1)!.content;
};

async function execute(body: object, server = world.server): Promise<SseReader> {
  const stream = await graphs.execute(body, {}, server);
  await stream.toEnd();
  return stream;
}

describe('[GRAPH-10] a graph goes on', () => {
  test('[D-33] [D-34] after a failure: with the nodes that had not ended, and no other', async () => {
    const conversation_id = newConversation();
    await world.openai.script('b', held('b'));
    const stream = await graphs.execute({ graph_name: 'three', input_text: 'Go', conversation_id });
    await stream.frame(ended('a'));
    await world.openai.script('b', saying('b said'));
    await world.cancel(stream.runId);
    await stream.toEnd();
    await world.openai.reset();
    for (const name of NODES) await world.openai.script(name, saying(`${name} said`));

    const again = await execute({ conversation_id, continue_from_checkpoint: true });
    // No conversation was made and the start is behind: vector 11.
    expect(begun(again)).toEqual(['b', 'c']);
    expect(again.items.some((item) => item !== '[DONE]' && item['type'] === 'conversation_created')).toBe(
      false,
    );
    expect(await asked()).toEqual(['b', 'c']);
    expect(await promptOf('c')).toBe('a said and b said on Go');
    expect(last(again)).toMatchObject({
      type: 'graph_complete',
      final_result: 'c said',
      execution_chain: [['start', 'a', 'b'], ['c']],
    });
    const rounds = await world.rounds(conversation_id);
    expect(rounds).toMatchObject([
      { state: 'cancelled', messages: [{ content: 'Go' }, { content: 'a said' }] },
      {
        state: 'completed',
        messages: [{ role: 'user', content: '' }, { content: 'b said' }, { content: 'c said' }],
      },
    ]);
  });

  test('vector 12: one that has completed has nothing left to do, and says its result', async () => {
    const conversation_id = newConversation();
    await execute({ graph_name: 'three', input_text: 'Go', conversation_id });
    for (const body of [
      { conversation_id },
      { conversation_id, graph_name: 'three', continue_from_checkpoint: true },
    ]) {
      const again = await execute(body);
      expect(begun(again)).toEqual([]);
      expect(last(again)).toMatchObject({ type: 'graph_complete', final_result: 'c said' });
    }
    expect(await asked()).toHaveLength(3);
  });

  test('[D-35] at every border of a loop: no choice is made twice, none is forgotten', async () => {
    const script = () => [
      saying('w1'),
      back(),
      saying('w2'),
      back(),
      saying('w3'),
      saying('enough'),
      saying('the end'),
    ];
    const order = ['w', 'rev', 'w', 'rev', 'w', 'rev', 'fin'];
    for (let border = 0; border < order.length; border += 1) {
      const conversation_id = newConversation();
      await world.openai.push(...script().slice(0, border), failing(400));
      const first = await execute({ graph_name: 'loop', input_text: 'Go', conversation_id });
      expect(begun(first).slice(1)).toEqual(order.slice(0, border + 1));
      expect(last(first)).toMatchObject({ code: 'upstream_rejected' });
      await world.openai.push(...script().slice(border));
      const again = await execute({ conversation_id });
      expect(begun(again)).toEqual(order.slice(border));
      expect(last(again)).toMatchObject({
        final_result: 'the end',
        execution_chain: [['start', 'w'], ['rev'], ['w'], ['rev'], ['w'], ['rev'], ['fin']],
      });
    }
  });

  test('again and again, until it is done', async () => {
    const conversation_id = newConversation();
    await world.openai.push(saying('w1'), failing(400));
    await execute({ graph_name: 'loop', input_text: 'Go', conversation_id });
    await world.openai.push(back(), failing(400));
    expect(begun(await execute({ conversation_id }))).toEqual(['rev', 'w']);
    const end = await execute({ conversation_id });
    expect(begun(end)).toEqual(['w', 'rev', 'fin']);
    expect(last(end)['execution_chain']).toEqual([['start', 'w'], ['rev'], ['w'], ['rev'], ['fin']]);
  });

  test('[D-32] with a text: from the start of the graph, with what was said before kept', async () => {
    const conversation_id = newConversation();
    await graphs.save(
      modelled('remembers', [
        { name: 'a', input_nodes: ['start'], output_nodes: ['b'], global_output: true },
        { name: 'b', input_nodes: ['start'], output_nodes: ['end'], context: ['a'], user_prompt: '{a}' },
      ]),
    );
    await execute({ graph_name: 'remembers', input_text: 'One', conversation_id });
    const second = await execute({ input_text: 'Two', conversation_id });
    expect(begun(second)).toEqual(['a', 'b']);
    expect(await promptOf('b')).toBe('a said\n\na said\n\nTwo');
    const rounds = await world.rounds(conversation_id);
    expect(rounds.map(({ messages }) => messages.map(({ content }) => content))).toEqual([
      ['One', 'a said', 'b said'],
      ['Two', 'a said', 'b said'],
    ]);
  });

  test('from its checkpoint with a text: what is left to run is given that', async () => {
    const conversation_id = newConversation();
    await world.openai.script('c', failing(400));
    await execute({ graph_name: 'three', input_text: 'Go', conversation_id });
    await world.openai.script('c', saying('c said'));
    const again = await execute({ conversation_id, input_text: 'Stop', continue_from_checkpoint: true });
    expect(begun(again)).toEqual(['c']);
    expect(await promptOf('c')).toBe('a said and b said on Stop');
    // Nothing is left: the text is a new question to the same graph.
    const next = await execute({ conversation_id, input_text: 'New', continue_from_checkpoint: true });
    expect(begun(next).sort()).toEqual(['a', 'b', 'c']);
  });

  test('with the graph as it was, and begins anew with the graph as it is', async () => {
    const conversation_id = newConversation();
    await graphs.save(
      modelled('edited', [
        { name: 'a', input_nodes: ['start'], output_nodes: ['b'] },
        { name: 'b', input_nodes: ['a'], output_nodes: ['end'] },
      ]),
    );
    await world.openai.script('b', failing(400));
    await execute({ graph_name: 'edited', input_text: 'Go', conversation_id });
    await graphs.save(modelled('edited', [{ name: 'c', input_nodes: ['start'], output_nodes: ['end'] }]));
    await world.openai.script('b', saying('b said'));
    expect(begun(await execute({ conversation_id }))).toEqual(['b']);
    expect(begun(await execute({ conversation_id, graph_name: 'edited', input_text: 'Go' }))).toEqual(['c']);
  });

  test('[D-62] names of nodes inside of others, with all their choices', async () => {
    const sub = { is_subgraph: true, subgraph_name: 'loop', model_name: null };
    await graphs.save(
      modelled('outer', [
        { name: 'sg', ...sub, input_nodes: ['start'], output_nodes: ['c'] },
        { name: 'c', input_nodes: ['sg'], output_nodes: ['end'] },
      ]),
    );
    const conversation_id = newConversation();
    await world.openai.push(saying('w1'), back(), failing(400));
    await execute({ graph_name: 'outer', input_text: 'Go', conversation_id });
    await world.openai.push(saying('w2'), back());
    const again = await execute({ conversation_id });
    expect(begun(again)).toEqual(['sg.w', 'sg.rev', 'sg.w', 'sg.rev', 'sg.fin', 'c']);
  });

  test('[D-38] runs of one conversation come one after the other and share nothing', async () => {
    const conversation_id = newConversation();
    await world.openai.push(held('first'));
    const first = await graphs.execute({ graph_name: 'loop', input_text: 'One', conversation_id });
    await first.frame(started('w'));
    const second = await graphs.execute({ graph_name: 'loop', input_text: 'Two', conversation_id });
    await second.frame((item) => item['type'] === 'run_created');
    expect(await asked()).toEqual(['w']);
    expect(await graphs.run({ conversation_id, input_text: 'x', on_busy: 'reject' })).toMatchObject({
      status: 409,
    });
    await world.openai.release('first');
    for (const stream of [first, second]) checkHistory([await stream.toEnd()]);
    expect(await asked()).toEqual(['w', 'rev', 'fin', 'w', 'rev', 'fin']);
    expect((await world.rounds(conversation_id)).map(({ round }) => round)).toEqual([1, 2]);
  });

  test('[D-36] not when the conversation is deleted: nothing of it is kept', async () => {
    const conversation_id = newConversation();
    await execute({ graph_name: 'three', input_text: 'Go', conversation_id });
    const path = `${world.server.url}/api/chat/conversations/${conversation_id}/permanent`;
    expect((await fetch(path, { method: 'DELETE' })).status).toBe(200);
    expect(await graphs.run({ conversation_id, continue_from_checkpoint: true })).toMatchObject({
      status: 404,
      body: { code: 'conversation_not_found' },
    });
  });

  test('not from before its first turn, and from any turn of it', async () => {
    const conversation_id = newConversation();
    await world.openai.script('c', failing(400));
    const first = await execute({ graph_name: 'three', input_text: 'Go', conversation_id });
    await world.openai.script('c', saying('c said'));
    await execute({ graph_name: 'loop', input_text: 'Other', conversation_id });
    expect(await graphs.run({ conversation_id, after_run_id: null })).toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter' },
    });
    const branch = await execute({ conversation_id, after_run_id: first.runId });
    expect(begun(branch)).toEqual(['c']);
    expect((await world.rounds(conversation_id)).map(({ round }) => round)).toEqual([1, 3]);
  });

  test('not as a chat, and a chat not as a graph', async () => {
    const conversation_id = newConversation();
    await world.ask({ conversation_id });
    expect(await graphs.run({ conversation_id, graph_name: 'three', input_text: 'Go' })).toMatchObject({
      status: 409,
      body: { code: 'wrong_conversation_type' },
    });
  });
});

describe('[GRAPH-10] a process that dies', () => {
  test('[D-64] by SIGKILL and by SIGTERM, in the middle of siblings and of a loop: each conversation goes on', async () => {
    const env = { DATABASE_URL: world.databaseUrl('graphs.db') };
    const one = await world.another(env);
    const client = new GraphClient(world, one);
    for (const graph of [three, loop]) await client.save(graph);
    const siblings = newConversation();
    const looping = newConversation();
    await world.openai.script('b', held('b'));
    const first = await client.execute({ graph_name: 'three', input_text: 'Go', conversation_id: siblings });
    await first.frame(ended('a'));
    await world.openai.push(saying('w1'), back(), held('w2'));
    const second = await client.execute({ graph_name: 'loop', input_text: 'Go', conversation_id: looping });
    await second.frame(ended('rev'));
    await one.kill();
    await world.openai.reset();
    for (const name of NODES) await world.openai.script(name, saying(`${name} said`));

    const two = await world.another(env);
    expect((await world.rounds(siblings, two))[0]).toMatchObject({
      state: 'interrupted',
      nodes: [{ node_name: 'start' }, { node_name: 'a', status: 'ok' }, { node_name: 'b', status: 'error' }],
    });
    const rest = await execute({ conversation_id: siblings }, two);
    expect([begun(rest), last(rest)['final_result']]).toEqual([['b', 'c'], 'c said']);
    await world.openai.push(saying('w2'), back(), held('w3'));
    const third = await graphs.execute({ conversation_id: looping }, {}, two);
    await third.frame(ended('rev'));
    expect(await two.stop()).toBe(0);
    await world.openai.reset();
    for (const name of NODES) await world.openai.script(name, saying(`${name} said`));

    const end = await execute({ conversation_id: looping }, await world.another(env));
    expect(begun(end)).toEqual(['w', 'rev', 'fin']);
    expect(last(end)['execution_chain']).toEqual([
      ['start', 'w'],
      ['rev'],
      ['w'],
      ['rev'],
      ['w'],
      ['rev'],
      ['fin'],
    ]);
  }, 60_000);
});
