import { checkHistory } from '../support/history-checker.js';
import { GraphClient, graph, modelled, nodesOf } from '../support/graphs.js';
import { scripts } from '../support/scripted-openai/index.js';
import type { SseReader } from '../support/sse-client.js';
import { newConversation, World } from '../support/world.js';

const { answer, calling, cut, done, finish, gate, saying, text, turns, usage } = scripts;
let world: World;
let graphs: GraphClient;
beforeAll(async () => {
  world = await World.start({ MODEL_MAX_RETRIES: '0' }, ['a', 'b', 'c', 'w', 'rev', 'fin', 'custom']);
  graphs = new GraphClient(world);
  await graphs.save(
    modelled('three', [
      { name: 'a', input_nodes: ['start'], output_nodes: ['c'] },
      { name: 'b', input_nodes: ['start'], output_nodes: ['c'], mcp_servers: ['everything'] },
      { name: 'c', input_nodes: ['a', 'b'], output_nodes: ['end'] },
    ]),
  );
  await graphs.save(
    modelled('loop', [
      { name: 'w', input_nodes: ['start'], output_nodes: ['rev'] },
      { name: 'rev', input_nodes: ['w'], output_nodes: ['w', 'fin'], handoffs: 2 },
      { name: 'fin', input_nodes: ['rev'], output_nodes: ['end'] },
    ]),
  );
});
afterAll(() => world.stop());
beforeEach(async () => {
  for (const name of ['a', 'b', 'c', 'w', 'rev', 'fin'])
    await world.openai.script(name, saying(`${name} `, 'said'));
});
afterEach(() => world.openai.reset());

const last = ({ items }: SseReader) => items.at(-2) as Record<string, unknown>;
const held = (name: string) => answer(text(`${name} `), gate(name), text('said'), finish(), usage(), done());
const of = (type: string, node_name: string) => (item: Record<string, unknown>) =>
  item['type'] === type && item['node_name'] === node_name;

describe('[GRAPH-08] a run of a graph', () => {
  test('[D-39] vector 7: created, start, two nodes at once with tools, the third, the result', async () => {
    await world.openai.script(
      'b',
      turns(
        calling(
          { id: 'x', name: 'everything__echo', args: '{"message":"hi"}' },
          { id: 'y', name: 'nope', args: '{}' },
        ),
        saying('b said'),
      ),
    );
    const conversation_id = newConversation();
    const stream = await graphs.execute({ graph_name: 'three', input_text: 'Go', conversation_id });
    const frames = await stream.toEnd();
    expect(nodesOf(stream).slice(0, 4)).toEqual(['+start', '-start', '+a', '+b']);
    expect(nodesOf(stream).slice(-2)).toEqual(['+c', '-c']);
    expect(stream.items.slice(0, 2)).toMatchObject([
      { type: 'run_created', mode: 'graph' },
      { type: 'conversation_created', conversation_id },
    ]);
    expect(stream.items.filter((item) => item !== '[DONE]' && item['role'] === 'tool')).toMatchObject([
      { tool_call_id: 'y', status: 'error' },
      { tool_call_id: 'x', status: 'ok' },
    ]);
    expect(last(stream)).toMatchObject({
      type: 'graph_complete',
      final_result: 'c said',
      execution_chain: [['start', 'a', 'b'], ['c']],
    });
    expect(stream.items.at(-1)).toBe('[DONE]');

    const detail = (await world.get(`/api/chat/conversations/${conversation_id}`)).body;
    expect(detail).toMatchObject({
      title: 'Go',
      generation_type: 'graph_run',
      graph_name: 'three',
      final_result: 'c said',
      execution_chain: [['start', 'a', 'b'], ['c']],
    });
    const [round] = detail['rounds'] as { messages: never[]; nodes: Record<string, unknown>[] }[];
    expect(round?.nodes).toMatchObject([
      { node_name: 'start', level: 0, status: 'ok' },
      { node_name: 'a', level: 0, status: 'ok', usage: { input_tokens: 10, output_tokens: 5 } },
      { node_name: 'b', level: 0, usage: { input_tokens: 20, output_tokens: 10 } },
      { node_name: 'c', level: 1 },
    ]);
    const { state } = checkHistory(
      [frames, await (await world.follow(stream.runId)).toEnd()],
      round?.messages,
    );
    expect(state.usage).toMatchObject({ input_tokens: 40, output_tokens: 20 });
  });

  test('two nodes of one level work at the same time, and their events mix', async () => {
    await world.openai.script('a', held('a'));
    await world.openai.script('b', held('b'));
    const stream = await graphs.execute({ graph_name: 'three', input_text: 'Go' });
    const delta = (words: string) => (item: Record<string, unknown>) => JSON.stringify(item).includes(words);
    // Both have spoken before either may end: the one is inside the time of the other.
    await Promise.all([stream.frame(delta('"a "')), stream.frame(delta('"b "'))]);
    await world.openai.release('b');
    await stream.frame(of('node_end', 'b'));
    await world.openai.release('a');
    await stream.toEnd();
    expect(nodesOf(stream).slice(2)).toEqual(['+a', '+b', '-b', '-a', '+c', '-c']);
    const { body } = (await world.openai.requests()).at(-1)!;
    expect((body as { messages: object[] }).messages).toEqual([
      { role: 'user', content: 'a said\n\nb said' },
    ]);
  });

  test('vector 10: a handoff goes back as often as it may', async () => {
    await world.openai.script(
      'rev',
      scripts.sequence(
        calling({ id: 'h', name: 'transfer_to_w', args: '{}' }),
        calling({ id: 'h', name: 'transfer_to_w', args: '{}' }),
        saying('enough'),
      ),
    );
    const stream = await graphs.execute({ graph_name: 'loop', input_text: 'Go' });
    await stream.toEnd();
    expect(nodesOf(stream).filter((one) => one.startsWith('+'))).toEqual(
      ['start', 'w', 'rev', 'w', 'rev', 'w', 'rev', 'fin'].map((name) => `+${name}`),
    );
    const ids = stream.items.flatMap((item) =>
      item !== '[DONE]' && item['type'] === 'node_start' ? [item['node_run_id']] : [],
    );
    expect(new Set(ids).size).toBe(8);
    expect(last(stream)['execution_chain']).toEqual([
      ['start', 'w'],
      ['rev'],
      ['w'],
      ['rev'],
      ['w'],
      ['rev'],
      ['fin'],
    ]);
  });

  test('[D-63] answers with JSON where that is asked for', async () => {
    const { status, body, headers } = await graphs.run({ graph_name: 'three', input_text: 'Go' });
    expect(status).toBe(200);
    expect(headers.get('x-conversation-id')).toBe(body['conversation_id']);
    expect(body).toMatchObject({
      graph_name: 'three',
      input: 'Go',
      output: 'c said',
      final_result: 'c said',
      completed: true,
      usage: { prompt_tokens: 30, completion_tokens: 15 },
    });
    expect(body['node_results']).toMatchObject([
      { node_name: 'start', output: '' },
      { node_name: 'a', output: 'a said' },
      { node_name: 'b', output: 'b said' },
      { node_name: 'c', output: 'c said' },
    ]);
  });

  test('the same Idempotency-Key runs it once; a cursor resumes it', async () => {
    const headers = { 'idempotency-key': newConversation() };
    const body = { graph_name: 'three', input_text: 'Go' };
    const [one, two] = [await graphs.execute(body, { headers }), await graphs.execute(body, { headers })];
    const frames = await one.toEnd();
    checkHistory([frames, await two.toEnd()]);
    expect((await world.openai.requests()).length).toBe(3);
    const at = frames[10]!.id!;
    const resumed = await graphs.execute(body, { headers: { 'last-event-id': at } });
    expect((await resumed.toEnd()).map(({ raw }) => raw).join('')).toBe(
      frames
        .slice(11)
        .map(({ raw }) => raw)
        .join(''),
    );
  });

  test('keeps what a node said as a file, where the node says so', async () => {
    await graphs.save(
      modelled('files', [
        { name: 'a', input_nodes: ['start'], output_nodes: ['b'], save: 'MD' },
        { name: 'b', input_nodes: ['a'], output_nodes: ['end'] },
      ]),
    );
    const { body } = await graphs.run({ graph_name: 'files', input_text: 'Go' });
    const path = `/api/runs/${String(body['run_id'])}/files`;
    const list = await world.get(path);
    const [file] = list.body['files'] as { name: string; node_name: string }[];
    expect(file).toMatchObject({ name: expect.stringMatching(/^a_[0-9a-z]{8}\.md$/), node_name: 'a' });
    const response = await fetch(`${world.server.url}${path}/${file!.name}`);
    expect(await response.text()).toBe('a said');
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename*=UTF-8''${file!.name}`);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await world.get(`${path}/..%2f..%2fmodels.json`)).toMatchObject({
      status: 404,
      body: { code: 'file_not_found' },
    });
  });

  test('without a conversation id gets one, and says it first', async () => {
    const stream = await graphs.execute({ graph_name: 'three', conversation_id: '' });
    await stream.toEnd();
    const id = (stream.items[1] as Record<string, unknown>)['conversation_id'] as string;
    expect(id).toMatch(/^graph_/);
    expect(stream.headers['x-conversation-id']).toBe(id);
    expect(await world.rounds(id)).toHaveLength(1);
    expect((await world.get(`/api/chat/conversations/${id}`)).body['title']).toBe('three');
  });
});

describe('[GRAPH-09] a graph that does not complete', () => {
  test('vector 9, [D-30]: a node that fails ends the graph as failed', async () => {
    await world.openai.script('a', answer(text('half'), gate('a'), cut()));
    await world.openai.script('b', held('b'));
    const conversation_id = newConversation();
    const stream = await graphs.execute({ graph_name: 'three', input_text: 'Go', conversation_id });
    await stream.frame((item) => JSON.stringify(item).includes('"b "'));
    await world.openai.release('a');
    const frames = await stream.toEnd();
    expect(nodesOf(stream).slice(2)).toEqual(['+a', '+b', '-a error', '-b cancelled']);
    expect(last(stream)).toMatchObject({
      error: { type: 'execution_error' },
      code: 'upstream_cut',
      retryable: true,
    });
    const [round] = await world.rounds(conversation_id);
    expect(round).toMatchObject({
      state: 'failed',
      nodes: [{}, { status: 'error' }, { status: 'cancelled' }],
    });
    checkHistory([frames], round?.messages);
    expect((await world.openai.requests()).length).toBe(2);
  });

  test('a tool of the node beside the one that fails is told to stop', async () => {
    await graphs.save(
      modelled('beside', [
        { name: 'a', input_nodes: ['start'], output_nodes: ['end'], mcp_servers: ['hostile'] },
        { name: 'b', input_nodes: ['start'], output_nodes: ['end'] },
      ]),
    );
    await world.openai.script('a', calling({ id: 'x', name: 'hostile__hang', args: {} }));
    await world.openai.script('b', answer(text('half'), gate('b'), cut()));
    const stream = await graphs.execute({ graph_name: 'beside', input_text: 'Go' });
    await stream.frame((item) => item['type'] === 'tool_call_ready');
    await world.openai.release('b');
    await stream.toEnd();
    expect(last(stream)).toMatchObject({ code: 'upstream_cut' });
    for (let cancelled = -1, hanging = 0; cancelled !== hanging;) {
      await world.openai.script(
        'custom',
        turns(calling({ id: 'ask', name: 'hostile__cancelled', args: {} }), saying('known')),
      );
      const asked = await world.chat({ model_name: 'custom', mcp_servers: ['hostile'] });
      await asked.toEnd();
      const result = asked.items.find((item) => item !== '[DONE]' && item['role'] === 'tool') as {
        content: string;
      };
      const told = JSON.parse(result.content) as { hanging: number; cancelled: number[] };
      cancelled = told.cancelled.at(-1) ?? -1;
      hanging = told.hanging;
    }
  });

  test('has a status without a stream', async () => {
    await world.openai.script('a', scripts.failing(400));
    expect(await graphs.run({ graph_name: 'three', input_text: 'Go' })).toMatchObject({
      status: 502,
      body: { code: 'upstream_rejected' },
    });
  });

  test('a cancel stops all nodes', async () => {
    await world.openai.script('a', held('a'));
    await world.openai.script('b', held('b'));
    const stream = await graphs.execute({ graph_name: 'three', input_text: 'Go' });
    const requests = await Promise.all([world.openai.received(1), world.openai.received(2)]);
    await stream.frame(of('node_start', 'b'));
    await world.cancel(stream.runId);
    await stream.toEnd();
    expect(nodesOf(stream).slice(-2).sort()).toEqual(['-a cancelled', '-b cancelled']);
    expect(last(stream)).toMatchObject({ type: 'run_cancelled', by: 'user' });
    for (const { number } of requests) expect((await world.openai.closed(number)).closedBy).toBe('client');
  });

  test('one that cannot run is refused before it begins', async () => {
    await graphs.save(graph('part', [{ name: 'x', input_nodes: ['start'], output_nodes: ['end'] }]));
    expect(await graphs.run({ graph_name: 'nope' })).toMatchObject({
      status: 404,
      body: { code: 'graph_not_found' },
    });
  });
});
