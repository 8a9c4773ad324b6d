import { checkHistory } from '../support/history-checker.js';
import { graph, GraphClient } from '../support/graphs.js';
import { scripts } from '../support/scripted-openai/index.js';
import { SseReader } from '../support/sse-client.js';
import { newConversation, World } from '../support/world.js';

const { saying } = scripts;
const END = '<end>END</end>';
const node = (name: string, fields: object = {}) =>
  `<node>${JSON.stringify({ name, model_name: 'plain', input_nodes: ['start'], output_nodes: ['end'], ...fields })}</node>`;

let world: World;
let graphs: GraphClient;
let names = 0;
beforeAll(async () => {
  world = await World.start({}, ['designer']);
  graphs = new GraphClient(world);
});
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

/** A name that no graph of this file has. */
const newName = () => `design-${(names += 1)}`;
const whole = (name: string) =>
  `Here it is. <analysis>A</analysis><todo>T</todo><graph_name>${name}</graph_name><graph_description>D</graph_description>${node('a')}<end_template>{a}</end_template>`;

const body = (requirement: string, fields: object = {}) => ({
  requirement,
  model_name: 'designer',
  ...fields,
});
const stream = (requirement: string, fields: object = {}, headers: Record<string, string> = {}) =>
  SseReader.open(`${world.server.url}/api/graphs/generate`, {
    method: 'POST',
    body: body(requirement, fields),
    headers,
  });
const ask = (requirement: string, fields: object = {}, headers: Record<string, string> = {}) =>
  world.post('/api/graphs/generate', { ...body(requirement, fields), stream: false }, headers);

/** The model answers with each of these in turn. */
const answers = (...texts: string[]) => world.openai.push(...texts.map((text) => saying(text)));
const detail = async (id: string) => (await world.get(`/api/chat/conversations/${id}`)).body;

describe('[DESIGN-01] the design of a graph', () => {
  test('[D-22] [D-51] [D-52] is a dialogue: each turn changes what it says, and the conversation has it all', async () => {
    const name = newName();
    await answers(
      `${whole(name)}${node('b')}`,
      `${node('a', { user_prompt: 'better' })}${node('c')}<delete_node>b</delete_node>`,
    );
    const first = await stream('A graph that sums up');
    const frames = await first.toEnd();
    const conversation_id = String(first.headers['x-conversation-id']);
    expect(conversation_id).toMatch(/^gen_[0-9a-f]{16}$/);
    expect(first.items.slice(0, 2)).toMatchObject([
      { type: 'run_created', mode: 'agent', model: 'designer', conversation_id },
      { type: 'conversation_created', conversation_id },
    ]);
    checkHistory([frames], (await world.rounds(conversation_id))[0]!.messages);
    await ask('a better, c instead of b', { conversation_id });

    const requests = (await world.openai.requests()).map(({ body: sent }) => sent as { messages: object[] });
    expect(requests[0]!.messages[0]).toMatchObject({
      role: 'system',
      content: expect.stringMatching(/- plain\n[^]*- builtin\n  - current_time: /),
    });
    expect(requests[1]!.messages).toHaveLength(4);
    expect(await detail(conversation_id)).toMatchObject({
      title: 'A graph that sums up',
      generation_type: 'graph',
      parsed_results: {
        analysis: 'A',
        todo: 'T',
        graph_name: name,
        graph_description: 'D',
        nodes: [{ name: 'a', user_prompt: 'better' }, { name: 'c' }],
        end_template: '{a}',
      },
    });
    const { body: list } = await world.get('/api/chat/conversations?type=agent');
    expect(list['conversations']).toMatchObject([{ _id: conversation_id, type: 'agent', round_count: 2 }]);
  });

  test('goes on from any turn: each branch has a design of its own', async () => {
    const name = newName();
    const conversation_id = newConversation();
    await answers(whole(name), node('left'), node('right'));
    const first = await ask('begin', { conversation_id });
    await ask('left', { conversation_id });
    const after_run_id = first.body['run_id'];
    await ask('right', { conversation_id, after_run_id });
    expect(await detail(conversation_id)).toMatchObject({
      parsed_results: { nodes: [{ name: 'a' }, { name: 'right' }] },
    });
    expect(await ask(END, { conversation_id })).toMatchObject({ body: { completion: { graph_name: name } } });
    expect((await graphs.get(name)).body).toMatchObject({ nodes: [{ name: 'a' }, { name: 'right' }] });
  });

  test('begins with a graph that there is, which counts in the first turn only', async () => {
    const name = newName();
    await graphs.save(
      graph(name, [{ name: 'old', input_nodes: ['start'], output_nodes: ['end'] }], {
        description: 'as it was',
        end_template: '{old}',
      }),
    );
    await graphs.save(graph('unused', [{ name: 'x', input_nodes: ['start'], output_nodes: ['end'] }]));
    const conversation_id = newConversation();
    await answers(`<analysis>A</analysis><todo>T</todo>${node('new')}`, 'nothing more');
    await ask('add one', { conversation_id, graph_name: name });
    const [request] = await world.openai.requests();
    expect(JSON.stringify(request!.body)).toContain('as it was');
    await ask('fine', { conversation_id, graph_name: 'unused' });
    // It is the graph of this dialogue: replacing it is what was asked for.
    expect((await ask(END, { conversation_id })).body).toMatchObject({ completion: { graph_name: name } });
    expect((await graphs.get(name)).body).toMatchObject({
      description: 'as it was',
      nodes: [{ name: 'old' }, { name: 'new' }],
    });
    expect((await graphs.get(name, '/versions')).body['versions']).toHaveLength(2);
  });

  test('tells of nodes that are none, and keeps the others', async () => {
    const conversation_id = newConversation();
    await answers(`<node>{bad</node>${node('good')}`);
    const { body: turn } = await ask('go', { conversation_id });
    expect(turn['warnings']).toEqual([
      { code: 'design_part_ignored', message: expect.stringContaining('not valid JSON') },
    ]);
    expect(await detail(conversation_id)).toMatchObject({ parsed_results: { nodes: [{ name: 'good' }] } });
  });

  test('is made once for one Idempotency-Key, whose retries find its conversation', async () => {
    await answers('one', 'two');
    const headers = { 'idempotency-key': newName() };
    const [one, two] = [await ask('go', {}, headers), await ask('go', {}, headers)];
    expect(one.body['conversation_id']).toBe(two.body['conversation_id']);
    expect(await world.openai.requests()).toHaveLength(1);
    expect((await ask('other', {}, headers)).body).toMatchObject({ code: 'idempotency_mismatch' });
    const resumed = await stream('go', {}, { 'last-event-id': `${String(one.body['run_id'])}.1.1` });
    expect((await resumed.toEnd()).at(-1)?.data).toBe('[DONE]');
  });

  test('is refused as the seed does, before anything begins', async () => {
    const refusals = [
      [ask(' \n'), 400, 'blank_prompt', '用户需求不能为空'],
      [ask('x', { model_name: '' }), 400, 'model_required', '必须指定模型名称'],
      [ask('x', { model_name: 'gone' }), 404, 'model_not_found', "找不到模型 'gone'"],
      [ask('x', { graph_name: 'gone' }), 404, 'graph_not_found', "找不到图 'gone'"],
      [ask('x', { graph_name: '../x' }), 404, 'graph_not_found', "找不到图 '../x'"],
      [ask(END), 400, 'invalid_parameter', expect.stringContaining('没有提供对话ID')],
    ] as const;
    for (const [answer, status, code, text] of refusals)
      expect(await answer).toMatchObject({ status, body: { code, detail: text } });
    const conversation_id = newConversation();
    await world.ask({ conversation_id });
    await ask('x', { conversation_id });
    expect(await ask('x', { conversation_id })).toMatchObject({
      status: 409,
      body: { code: 'wrong_conversation_type' },
    });
    expect((await world.openai.requests()).length).toBe(1);
  });
});

describe('[DESIGN-02] the end of a design', () => {
  test('seed vector 13: incomplete says what is missing, completion stores the graph, in the frames of the seed', async () => {
    const name = newName();
    const conversation_id = newConversation();
    await answers(whole(name).replace(/<end_template>.*/, ''), '<end_template>{a}</end_template>');
    await ask('go', { conversation_id });
    const early = await stream(END, { conversation_id });
    const earlyFrames = await early.toEnd();
    expect(early.items.at(-3)).toEqual({
      incomplete: { message: '图设计尚未完成，缺少: end_template', missing_fields: ['end_template'] },
      reason: 'missing',
      ts: expect.any(Number),
    });
    expect(early.items.slice(-2)).toMatchObject([{ type: 'run_completed', finish_reason: 'stop' }, '[DONE]']);
    expect((await graphs.get(name)).status).toBe(404);

    await ask('the template', { conversation_id });
    const late = await stream(END, { conversation_id });
    const lateFrames = await late.toEnd();
    expect(late.items.at(-3)).toEqual({
      completion: { graph_name: name, message: `图 '${name}' 生成完成！` },
      ts: expect.any(Number),
    });
    expect((await graphs.get(name)).body).toMatchObject({ description: 'D', nodes: [{ name: 'a' }] });
    expect((await graphs.get(name, '/readme')).body['readme']).toContain('## Analysis\n\nA');
    // No model is asked for an end; what came of it is part of the conversation.
    expect(await world.openai.requests()).toHaveLength(2);
    const rounds = await world.rounds(conversation_id);
    checkHistory([earlyFrames], rounds[1]!.messages);
    checkHistory([lateFrames], rounds[3]!.messages);
    expect(rounds[3]!.messages).toEqual([
      { role: 'user', content: END },
      { role: 'assistant', content: `图 '${name}' 生成完成！` },
    ]);
  });

  test('tells every fault of a graph that could not run, and stores nothing', async () => {
    const name = newName();
    const conversation_id = newConversation();
    await answers(
      `${whole(name)}${node('a', { model_name: 'gone', output_nodes: ['nowhere'] })}${node('b', { mcp_servers: ['off'] })}`,
    );
    await ask('go', { conversation_id });
    const { body: turn } = await ask(END, { conversation_id });
    expect(turn['incomplete']).toMatchObject({
      reason: 'invalid',
      missing_fields: [],
      faults: [
        { type: 'unknown_node', node: 'a', loc: ['nodes', '0', 'output_nodes'] },
        { type: 'unknown_model', node: 'a', msg: "节点 'a' 使用了不存在的模型 'gone'" },
        { type: 'unknown_server', node: 'b' },
      ],
    });
    expect(turn['output']).toMatch(/^图配置无效: 节点 'a' 引用了/);
    expect((await graphs.get(name)).status).toBe(404);
  });

  test('[D-67] asks before it replaces another graph, and replaces its own', async () => {
    const name = newName();
    const precious = graph(name, [{ name: 'precious', input_nodes: ['start'], output_nodes: ['end'] }]);
    await graphs.save(precious);
    const conversation_id = newConversation();
    await answers(whole(name), node('more'), node('again'));
    await ask('go', { conversation_id });
    expect((await ask(END, { conversation_id })).body['incomplete']).toMatchObject({
      reason: 'exists',
      graph_name: name,
      message: expect.stringContaining(`图 '${name}' 已存在`),
    });
    expect((await graphs.get(name)).body).toMatchObject({ nodes: [{ name: 'precious' }] });
    expect((await ask(END, { conversation_id, overwrite: true })).body).toMatchObject({
      completion: { graph_name: name },
    });
    expect((await graphs.get(name, '/versions/1')).body).toMatchObject({ nodes: [{ name: 'precious' }] });

    await ask('more', { conversation_id });
    expect((await ask(END, { conversation_id })).body).toMatchObject({ completion: { graph_name: name } });
    await graphs.save({ ...(await graphs.get(name)).body, description: 'by hand' });
    await ask('again', { conversation_id });
    expect((await ask(END, { conversation_id })).body['incomplete']).toMatchObject({ reason: 'exists' });
    expect((await graphs.get(name)).body).toMatchObject({ description: 'by hand' });
  });

  test('a graph that was designed runs', async () => {
    const name = newName();
    const conversation_id = newConversation();
    await answers(whole(name));
    await ask('go', { conversation_id });
    await ask(END, { conversation_id });
    const { body: ran } = await world.post('/api/graphs/execute', {
      graph_name: name,
      input_text: 'hi',
      stream: false,
    });
    expect(ran).toMatchObject({ completed: true, final_result: 'Hello wörld' });
  });

  test('nothing of a dialogue stays when its conversation is deleted', async () => {
    const name = newName();
    await graphs.save(graph(name, [{ name: 'a', input_nodes: ['start'], output_nodes: ['end'] }]));
    const conversation_id = newConversation();
    await answers('ok', 'ok');
    await ask('go', { conversation_id, graph_name: name });
    await fetch(`${world.server.url}/api/chat/conversations/${conversation_id}/permanent`, {
      method: 'DELETE',
    });
    await ask('go', { conversation_id });
    expect(await detail(conversation_id)).toMatchObject({ parsed_results: { graph_name: null, nodes: [] } });
  });
});
