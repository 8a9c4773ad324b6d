import { DatabaseSync } from 'node:sqlite';
import type { RunState, ToolCallPart } from '../../src/protocol/run-state.js';
import { AgentClient } from '../support/agents.js';
import { checkHistory, comparable, decodeFrames, fold } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import { newConversation, World } from '../support/world.js';

const { answer, calling, done, finish, gate, hang, saying, text, toolCalls, turns, usage } = scripts;
const MODELS = ['boss', 'mid', 'leaf', 'other'];
const asking = (agent: string, task = `work, ${agent}`, id = 'a') => ({
  id,
  name: `agent__${agent}`,
  args: { task },
});

let world: World;
let agents: AgentClient;
beforeAll(async () => {
  world = await World.start({}, MODELS);
  agents = new AgentClient(world);
  await agents.make(
    { name: 'plain' },
    { name: 'leaf', description: 'Knows leaves.', system_prompt: 'You are the leaf.' },
    { name: 'other' },
    { name: 'mid', agents: ['leaf', 'other'] },
    { name: 'boss', system_prompt: 'You are the boss.', agents: ['mid', 'leaf', 'other'] },
  );
  await agents.call('PUT', '/mid', { name: 'mid', model_name: 'mid', agents: ['leaf', 'other', 'boss'] });
});
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

const contains = (words: string) => (item: Record<string, unknown>) => JSON.stringify(item).includes(words);
const callsOf = ({ parts }: RunState) =>
  parts.filter((part): part is ToolCallPart => part.kind === 'tool_call');
const resultsOf = (state: RunState) => callsOf(state).map(({ result }) => [result?.status, result?.content]);
const nodesOf = ({ parts }: RunState) => parts.filter((part) => part.kind === 'node');

interface Sent {
  model: string;
  messages: { role: string; content: string }[];
  tools?: { function: { name: string; description: string } }[];
  temperature?: number;
}
const sent = async () => (await world.openai.requests()).map(({ body }) => body as Sent);

/** Asks boss, whose model plays `script`; gives the state of the run at its end. */
async function bossRuns(body: object = {}) {
  const stream = await agents.run('boss', body);
  const frames = await stream.toEnd();
  return { ...checkHistory([frames]), frames, runId: stream.runId };
}

describe('[AGENT-02] a turn of an agent', () => {
  test('has the model, prompt, tools and parameters of the agent, and a place in a conversation', async () => {
    await agents.make({
      name: 'tooled',
      model_name: 'plain',
      system_prompt: 'Be brief.',
      mcp_servers: ['builtin'],
      parameters: { temperature: 0.3 },
    });
    const conversation_id = newConversation();
    const stream = await agents.run('tooled', { conversation_id, mcp_servers: ['hostile'] });
    const frames = await stream.toEnd();
    expect(JSON.parse(frames[0]!.data)).toMatchObject({
      type: 'run_created',
      mode: 'agent',
      model: 'plain',
      agent_name: 'tooled',
      conversation_id,
    });
    const [request] = await sent();
    expect(request).toMatchObject({ model: 'plain', temperature: 0.3 });
    expect(request!.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'hello' },
    ]);
    const names = request!.tools!.map((tool) => tool.function.name);
    expect(names).toEqual(expect.arrayContaining(['builtin__calculate', 'hostile__echo']));

    const detail = await world.get(`/api/chat/conversations/${conversation_id}`);
    expect(detail.body).toMatchObject({
      generation_type: 'agent',
      title: 'hello',
      rounds: [{ agent_name: 'tooled', state: 'completed' }],
    });
    checkHistory([frames], (await world.rounds(conversation_id))[0]!.messages);
    expect((await world.get(`/api/runs/${stream.runId}`)).body).toMatchObject({
      mode: 'agent',
      agent_name: 'tooled',
    });
    const { body } = await world.get('/api/chat/conversations?type=agent');
    expect(body['conversations']).toMatchObject([{ _id: conversation_id, type: 'agent' }]);
  });

  test('follows the turns before it, whichever agent answered them, and can be asked again', async () => {
    const conversation_id = newConversation();
    const first = await agents.ask('plain', { conversation_id });
    await agents.ask('leaf', { conversation_id, user_prompt: 'again' }).catch(() => undefined);
    await world.openai.script('leaf', saying('leafy'));
    await agents.ask('leaf', {
      conversation_id,
      user_prompt: 'once more',
      after_run_id: first.body['run_id'],
    });
    expect((await sent()).at(-1)!.messages).toEqual([
      { role: 'system', content: 'You are the leaf.' },
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: 'Hello wörld' },
      { role: 'user', content: 'once more' },
    ]);
    const { body } = await world.get(`/api/chat/conversations/${conversation_id}`);
    expect(body['rounds']).toMatchObject([
      { agent_name: 'plain' },
      { agent_name: 'leaf', branches: [expect.any(String), expect.any(String)] },
    ]);
  });

  test('answers as one document with the status of its end', async () => {
    const { status, body } = await agents.ask('plain');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'chat.completion',
      model: 'plain',
      agent_name: 'plain',
      messages: [
        { role: 'user', content: 'hello' },
        { role: 'assistant', content: 'Hello wörld' },
      ],
      output: 'Hello wörld',
      usage: { total_tokens: 15 },
    });
    await world.openai.push(scripts.failing(400));
    expect(await agents.ask('plain')).toMatchObject({ status: 502, body: { code: 'upstream_rejected' } });
  });

  test('is refused before it begins where there is no such agent, or another kind of conversation', async () => {
    for (const name of ['nope', '', '../x', 'a\0'])
      expect(await agents.ask(name)).toMatchObject({ status: 404, body: { code: 'agent_not_found' } });
    const conversation_id = newConversation();
    await world.ask({ conversation_id });
    expect(await agents.ask('plain', { conversation_id })).toMatchObject({
      status: 409,
      body: { code: 'wrong_conversation_type' },
    });
    expect(await agents.ask('plain', { user_prompt: ' ' })).toMatchObject({
      status: 400,
      body: { code: 'blank_prompt' },
    });
    expect(await sent()).toHaveLength(1);
  });

  test('is made once for one Idempotency-Key, and is resumed by Last-Event-ID', async () => {
    const headers = { 'idempotency-key': `key-${newConversation()}` };
    const streams = await Promise.all([1, 2, 3].map(() => agents.run('plain', {}, { headers })));
    const frames = await Promise.all(streams.map((stream) => stream.toEnd()));
    checkHistory(frames);
    expect(new Set(streams.map(({ runId }) => runId)).size).toBe(1);
    expect(await sent()).toHaveLength(1);
    expect(await agents.ask('plain', { user_prompt: 'other' }, headers)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_mismatch' },
    });
    const resumed = await agents.run('plain', {}, { headers: { 'last-event-id': frames[0]![2]!.id! } });
    expect((await resumed.toEnd()).map(({ data }) => data)).toEqual(
      frames[0]!.slice(3).map(({ data }) => data),
    );
  });

  test('ends at its limit of model calls with a warning, and at its limit of time as failed', async () => {
    await agents.make(
      { name: 'short', model_name: 'endless-tools', mcp_servers: ['hostile'], limits: { max_iterations: 2 } },
      { name: 'hasty', model_name: 'stalled-after', limits: { timeout_seconds: 0.2 } },
    );
    const { body } = await agents.ask('short');
    expect(body).toMatchObject({ finish_reason: 'max_iterations', warnings: [{ code: 'max_iterations' }] });
    expect(await sent()).toHaveLength(2);
    expect(await agents.ask('hasty')).toMatchObject({
      status: 504,
      body: { code: 'node_timeout', detail: expect.stringContaining("Agent 'hasty'") },
    });
  });
});

describe('[AGENT-03] agents that call each other', () => {
  test('are nodes of the run, nested as they were called; each answers the call, tokens are summed', async () => {
    await world.openai.script('boss', turns(calling(asking('mid', 'find it')), saying('Boss: done')));
    const asks = [text('I look ', 'further down.'), toolCalls([asking('leaf', 'dig')]), finish('tool_calls')];
    await world.openai.script('mid', turns(answer(...asks, usage(), done()), saying('Mid: found')));
    await world.openai.script('leaf', saying('Leaf: ', 'dug'));
    const conversation_id = newConversation();
    const { state, frames } = await bossRuns({ conversation_id });

    const calls = callsOf(state);
    const [mid, leaf] = nodesOf(state);
    expect(mid).toMatchObject({
      node_name: 'mid',
      level: 1,
      tool_call_id: calls[0]!.tool_call_id,
      status: 'ok',
    });
    expect(mid).not.toHaveProperty('parent_node_run_id', expect.anything());
    expect(leaf).toMatchObject({
      node_name: 'leaf',
      level: 2,
      parent_node_run_id: mid!.node_run_id,
      tool_call_id: calls[1]!.tool_call_id,
      status: 'ok',
    });
    expect(calls.map(({ node_run_id }) => node_run_id)).toEqual([undefined, mid!.node_run_id]);
    expect(new Set(calls.map(({ tool_call_id }) => tool_call_id)).size).toBe(2);
    expect(resultsOf(state)).toEqual([
      ['ok', 'Mid: found'],
      ['ok', 'Leaf: dug'],
    ]);
    expect(state.usage).toMatchObject({ input_tokens: 50, output_tokens: 25 });

    // What a node says is told inside of it, and before the result of its call.
    const order = decodeFrames(frames).flatMap((event) =>
      event.type === 'node.started' || event.type === 'node.ended'
        ? [`${event.type} ${event.node_name}`]
        : event.type === 'tool_result'
          ? [`result ${event.content}`]
          : [],
    );
    expect(order).toEqual([
      'node.started mid',
      'node.started leaf',
      'node.ended leaf',
      'result Leaf: dug',
      'node.ended mid',
      'result Mid: found',
    ]);

    const requests = await sent();
    expect(requests.map(({ model }) => model)).toEqual(['boss', 'mid', 'leaf', 'mid', 'boss']);
    expect(requests[0]!.tools).toMatchObject([
      { function: { name: 'agent__leaf', description: '[Agent:leaf] Knows leaves.' } },
      { function: { name: 'agent__mid' } },
      { function: { name: 'agent__other' } },
    ]);
    // What an agent said before its call goes back to its model.
    expect(requests[3]!.messages.at(-2)).toMatchObject({
      role: 'assistant',
      content: 'I look further down.',
    });
    // It sees its own prompt and the task, and nothing of the conversation.
    expect(requests[2]!.messages).toEqual([
      { role: 'system', content: 'You are the leaf.' },
      { role: 'user', content: 'dig' },
    ]);

    // The next turn is told what the agent said, and not what those said that it called.
    await world.openai.reset();
    await agents.ask('boss', { conversation_id, user_prompt: 'and?' });
    const [next] = await sent();
    expect(JSON.stringify(next!.messages)).not.toContain('Leaf');
    expect(next!.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ]);
  });

  test('work at once where one step calls several, and never mix', async () => {
    await world.openai.script(
      'boss',
      turns(calling(asking('leaf', 'l', 'a'), asking('other', 'o', 'b')), saying('both')),
    );
    const held = (name: string) =>
      answer(text(`${name} one `), gate(name), text('two'), finish(), usage(), done());
    await world.openai.script('leaf', held('leaf'));
    await world.openai.script('other', held('other'));
    const stream = await agents.run('boss');
    await stream.frame(contains('leaf one'));
    await stream.frame(contains('other one'));
    await world.openai.release('other');
    await stream.frame((item) => item['type'] === 'node_end' && item['node_name'] === 'other');
    await world.openai.release('leaf');
    const { state } = checkHistory([await stream.toEnd()]);
    expect(resultsOf(state)).toEqual([
      ['ok', 'leaf one two'],
      ['ok', 'other one two'],
    ]);
    for (const node of nodesOf(state)) {
      const said = state.parts.filter(
        (part) => part.kind === 'text' && part.node_run_id === node.node_run_id,
      );
      expect(said).toMatchObject([{ text: `${node.node_name} one two` }]);
    }
  });

  test('do not go around in a circle', async () => {
    await world.openai.script('boss', turns(calling(asking('mid')), saying('ok')));
    await world.openai.script('mid', turns(calling(asking('boss')), saying('without')));
    const { state } = await bossRuns();
    expect(resultsOf(state)).toEqual([
      ['ok', 'without'],
      ['error', expect.stringContaining('boss → mid → boss')],
    ]);
    expect(nodesOf(state)).toHaveLength(1);
  });

  test('are not nested deeper than the agent of the run, or one on the way, allows', async () => {
    await world.openai.script('boss', turns(calling(asking('mid')), saying('ok')));
    await world.openai.script('mid', turns(calling(asking('leaf')), saying('alone')));
    await agents.make({ name: 'flat', model_name: 'boss', agents: ['mid'], limits: { max_depth: 1 } });
    const { body } = await agents.ask('flat');
    expect(body['output']).toBe('ok');
    const told = (await sent()).find(({ model, messages }) => model === 'mid' && messages.length > 2);
    expect(told!.messages.at(-1)).toMatchObject({
      role: 'tool',
      content: expect.stringContaining('flat → mid → leaf'),
    });
    expect((await sent()).map(({ model }) => model)).not.toContain('leaf');
  });

  test('are not called more often than the agent of the run allows', async () => {
    await agents.make({
      name: 'thrifty',
      model_name: 'boss',
      agents: ['leaf'],
      limits: { max_agent_calls: 1 },
    });
    await world.openai.script(
      'boss',
      turns(calling(asking('leaf', 'one', 'a')), calling(asking('leaf', 'two', 'b')), saying('ok')),
    );
    await world.openai.script('leaf', saying('leafy'));
    const stream = await agents.run('thrifty');
    const { state } = checkHistory([await stream.toEnd()]);
    expect(resultsOf(state)).toEqual([
      ['ok', 'leafy'],
      ['error', expect.stringContaining('all of its 1 calls of agents')],
    ]);
  });

  test('that fail, take too long or come to no end are errors that the calling model reads', async () => {
    await agents.make(
      { name: 'broken', model_name: 'cut' },
      { name: 'late', model_name: 'stalled-after', limits: { timeout_seconds: 0.2 } },
      {
        name: 'endless',
        model_name: 'endless-tools',
        mcp_servers: ['hostile'],
        limits: { max_iterations: 1 },
      },
      { name: 'chief', model_name: 'boss', agents: ['broken', 'late', 'endless'] },
    );
    const calls = ['broken', 'late', 'endless'].map((name) => asking(name, 'go', name));
    await world.openai.script('boss', turns(calling(...calls), saying('I did my best')));
    const stream = await agents.run('chief');
    const { state } = checkHistory([await stream.toEnd()]);
    const results = Object.fromEntries(
      callsOf(state).map(({ tool, node_run_id, result }) => [node_run_id ?? tool, result]),
    );
    expect(results['broken']).toMatchObject({
      status: 'error',
      content: expect.stringMatching(/ended its stream too early[^]*Hello/),
    });
    expect(results['late']).toMatchObject({
      status: 'error',
      content: expect.stringMatching(/'late' took longer[^]*Hello/),
    });
    expect(results['endless']).toMatchObject({
      status: 'error',
      content: expect.stringContaining('limit of model calls'),
    });
    expect(Object.fromEntries(nodesOf(state).map(({ node_name, status }) => [node_name, status]))).toEqual({
      broken: 'error',
      late: 'error',
      endless: 'ok',
    });
    expect(state).toMatchObject({ phase: 'completed', finish_reason: 'stop' });
  });

  test('[P10] stop with the run, all of them', async () => {
    await world.openai.script(
      'boss',
      turns(calling(asking('mid'), asking('other', 'o', 'b')), saying('never')),
    );
    await world.openai.script('mid', turns(calling(asking('leaf')), saying('never')));
    await world.openai.script('leaf', answer(text('Leaf at work'), hang()));
    await world.openai.script('other', answer(text('Other at work'), hang()));
    const conversation_id = newConversation();
    const stream = await agents.run('boss', { conversation_id });
    await stream.frame(contains('Leaf at work'));
    await stream.frame(contains('Other at work'));
    const { body } = await world.cancel(stream.runId);
    expect(body).toMatchObject({ state: 'cancelled', stopped: { model: true } });
    const { state } = checkHistory([await stream.toEnd()]);
    expect(nodesOf(state).map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(callsOf(state).map(({ result }) => result?.status)).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
    for (const { number, body: request } of await world.openai.requests())
      if (['leaf', 'other'].includes((request as Sent).model))
        expect((await world.openai.closed(number)).closedBy).toBe('client');
    expect(state.usage?.estimated).toBe(true);
  });

  test('[P4] are resumed from any place inside of them', async () => {
    await world.openai.script('boss', turns(calling(asking('mid')), saying('Boss: done')));
    await world.openai.script('mid', turns(calling(asking('leaf')), saying('Mid: found')));
    await world.openai.script('leaf', saying('Leaf: ', 'dug'));
    const { frames, state, runId } = await bossRuns();
    const resumable = frames.filter(({ id }) => id !== undefined).slice(0, -1);
    for (const [at, { id }] of resumable.entries()) {
      const rest = await (await world.follow(runId, '', { 'last-event-id': id! })).toEnd();
      const seen = fold(decodeFrames(frames.slice(0, at + 1)));
      expect(comparable(fold(decodeFrames(rest), seen))).toEqual(comparable(state));
    }
  });
});

test('[AGENT-03] [FAULT-10] a server that is killed while an agent works for another: the run is interrupted, and all that was open is closed', async () => {
  const DATABASE_URL = world.databaseUrl('agents.db');
  const server = await world.another({ DATABASE_URL });
  const there = new AgentClient(world, server);
  await there.make({ name: 'leaf', mcp_servers: ['builtin'] }, { name: 'boss', agents: ['leaf'] });
  await world.openai.script('boss', turns(calling(asking('leaf')), saying('never')));
  const sum = calling({ id: 'sum', name: 'builtin__calculate', args: { expression: '2+3' } });
  await world.openai.script('leaf', turns(sum, answer(text('Leaf at work'), hang())));
  const conversation_id = newConversation();
  const stream = await there.run('boss', { conversation_id });
  await stream.frame(contains('Leaf at work'));
  await checkpointed(DATABASE_URL);
  await server.kill();
  await stream.over();

  const again = await world.another({ DATABASE_URL });
  const late = await world.follow(stream.runId, '', { 'last-event-id': stream.lastId }, again);
  const { state } = checkHistory([[...stream.frames, ...(await late.toEnd())]]);
  expect(state).toMatchObject({ phase: 'interrupted', error: { code: 'run_interrupted' } });
  expect(state.parts.every(({ ended }) => ended)).toBe(true);
  expect(callsOf(state).map(({ result }) => result?.status)).toEqual(['unknown', 'ok']);
  expect(nodesOf(state)).toMatchObject([{ node_name: 'leaf', status: 'error' }]);
  const { body } = await world.get(`/api/chat/conversations/${conversation_id}`, again);
  expect(body).toMatchObject({ rounds: [{ state: 'interrupted', agent_name: 'boss' }] });
});

/** Resolves when the end of a tool call is in a checkpoint. */
async function checkpointed(url: string): Promise<void> {
  const db = new DatabaseSync(url.replace('sqlite:', ''), { readOnly: true });
  const found = db.prepare("select 1 from checkpoints where events like '%tool_result%'");
  while (!found.get()) await new Promise((resolve) => setTimeout(resolve, 10));
  db.close();
}
