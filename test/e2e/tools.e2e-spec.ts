import type { StoredMessage } from '../../src/conversation/stored-message.js';
import type { ToolCallPart } from '../../src/protocol/run-state.js';
import { checkHistory, decodeFrames, type View } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import { newConversation, World } from '../support/world.js';

const { calling, fourCalls, plain, turns } = scripts;

let world: World;
beforeAll(async () => {
  world = await World.start({ TOOL_RESULT_LIMIT: '2000', CHAT_MAX_ITERATIONS: '10' }, ['custom']);
});
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

const callsOf = ({ state }: View) =>
  state.parts.filter((part): part is ToolCallPart => part.kind === 'tool_call');
const four = () => fourCalls({ echo: 'hostile__echo', unknown: 'nope', fail: 'hostile__fails' });
const mcp_servers = ['hostile'];

/** What the seed says of the four calls, in the order of the calls. */
const outcomes = [
  ['a', 'ok', '{"x":1}'],
  ['b', 'error', "找不到工具 'nope' 所属的服务器"],
  ['c', 'error', expect.stringMatching(/^工具调用解析失败：/)],
  ['d', 'error', '工具 fails 执行失败：bad thing'],
];

describe('four calls: right, unknown, broken arguments, failing (acceptance vector 2)', () => {
  test('[TOOL-01] [D-25] [D-58] each gets one outcome, the model answers, and the round is stored in call order', async () => {
    await world.openai.script('custom', four());
    const conversation_id = newConversation();
    const stream = await world.chat({ model_name: 'custom', conversation_id, mcp_servers });
    const stored = async () => (await world.rounds(conversation_id))[0]?.messages as StoredMessage[];
    const view = checkHistory([await stream.toEnd()], await stored());

    expect(
      callsOf(view).map(({ tool_call_id, result }) => [tool_call_id, result?.status, result?.content]),
    ).toEqual(outcomes);
    expect(callsOf(view).map(({ name, server, tool }) => [name, server, tool])).toEqual([
      ['hostile__echo', 'hostile', 'echo'],
      ['nope', undefined, undefined],
      ['hostile__echo', 'hostile', 'echo'],
      ['hostile__fails', 'hostile', 'fails'],
    ]);
    expect(view.state).toMatchObject({
      phase: 'completed',
      finish_reason: 'stop',
      usage: { input_tokens: 20, output_tokens: 10 },
    });

    const messages = await stored();
    expect(messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'tool',
      'tool',
      'tool',
      'assistant',
    ]);
    expect(messages[1]).toMatchObject({
      content: '',
      tool_calls: [{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'd' }],
    });
    const results = messages.flatMap((message) => (message.role === 'tool' ? [message] : []));
    expect(results.map(({ tool_call_id, status, content }) => [tool_call_id, status, content])).toEqual(
      outcomes,
    );
  });

  test('[TOOL-02] the model gets its calls whole and each result, with arguments that every provider takes', async () => {
    await world.openai.script('custom', four());
    const conversation_id = newConversation();
    await (await world.chat({ model_name: 'custom', conversation_id, mcp_servers })).toEnd();
    await (await world.chat({ conversation_id, user_prompt: 'next' })).toEnd();
    const [, second, third] = (await world.openai.requests()).map(
      ({ body }) => body as { messages: StoredMessage[] },
    );
    const expected = [
      { role: 'user', content: 'hello' },
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'hostile__echo', arguments: '{"x":1}' } },
          { id: 'b', type: 'function', function: { name: 'nope', arguments: '{}' } },
          { id: 'c', type: 'function', function: { name: 'hostile__echo', arguments: '{}' } },
          { id: 'd', type: 'function', function: { name: 'hostile__fails', arguments: '{}' } },
        ],
      },
      ...outcomes.map(([tool_call_id, , content]) => ({ role: 'tool', tool_call_id, content })),
    ];
    expect(second?.messages).toEqual(expected);
    expect(third?.messages).toEqual([
      ...expected,
      { role: 'assistant', content: 'Hello wörld' },
      { role: 'user', content: 'next' },
    ]);
    // What the model wrote is kept as it was.
    const stored = (await world.rounds(conversation_id))[0]?.messages[1];
    expect(stored?.role === 'assistant' && stored.tool_calls?.[2]?.function.arguments).toBe('{bad');
  });

  test('[TOOL-01] without a stream it is one document', async () => {
    await world.openai.script('custom', four());
    const { status, body } = await world.ask({ model_name: 'custom', mcp_servers });
    expect(status).toBe(200);
    expect((body['messages'] as { role: string }[]).map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'tool',
      'tool',
      'tool',
      'assistant',
    ]);
    expect(body).toMatchObject({
      output: 'Hello wörld',
      usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
    });
  });

  test('[TOOL-03] tools are offered under unique, safe names with the prefix of the seed', async () => {
    await world.openai.script('custom', plain());
    await world.ask({ model_name: 'custom', mcp_servers: ['hostile', 'everything', 'builtin'] });
    const { tools } = (await world.openai.requests())[0]?.body as {
      tools: { function: { name: string; description: string } }[];
    };
    const names = tools.map((tool) => tool.function.name);
    expect(names).toEqual(
      expect.arrayContaining(['hostile__echo', 'everything__echo', 'builtin__calculate']),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const { name, description } of tools.map((tool) => tool.function)) {
      expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      expect(description).toMatch(/^\[Tool from:(hostile|everything|builtin)\]/);
    }
  });
});

describe('results', () => {
  test('[TOOL-04] [D-57] are sent as they finish, stored in the order of the calls, with progress in between', async () => {
    const slow = { id: 'slow', name: 'hostile__slow_with_progress', args: {} };
    const fast = { id: 'fast', name: 'hostile__echo', args: { message: 'x' } };
    await world.openai.script('custom', turns(calling(slow, fast), plain()));
    const conversation_id = newConversation();
    const stream = await world.chat({ model_name: 'custom', conversation_id, mcp_servers });
    const frames = await stream.toEnd();
    const messages = (await world.rounds(conversation_id))[0]?.messages ?? [];
    const view = checkHistory([frames], messages);

    const seen = decodeFrames(frames).flatMap((item) =>
      item.type === 'tool_result' ? [item.tool_call_id] : [],
    );
    expect(seen).toEqual(['fast', 'slow']);
    expect(messages.flatMap((message) => (message.role === 'tool' ? [message.tool_call_id] : []))).toEqual([
      'slow',
      'fast',
    ]);
    const progress = decodeFrames(frames).flatMap((item) =>
      item.type === 'tool.progress' ? [item.progress] : [],
    );
    expect(progress).toEqual([1, 2, 3, 4]);
    expect(callsOf(view)[0]?.result?.duration_ms).toBeGreaterThan(0);
    const second = (await world.openai.requests())[1]?.body as { messages: { tool_call_id?: string }[] };
    expect(second.messages.flatMap(({ tool_call_id }) => tool_call_id ?? [])).toEqual(['slow', 'fast']);
  });

  test('[TOOL-05] that are too long are cut, which a note and a warning say', async () => {
    const call = { id: 'a', name: 'everything__echo', args: { message: '长'.repeat(3000) } };
    await world.openai.script('custom', turns(calling(call), plain()));
    const stream = await world.chat({ model_name: 'custom', mcp_servers: ['everything'] });
    const view = checkHistory([await stream.toEnd()]);
    const content = callsOf(view)[0]?.result?.content ?? '';
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(2000);
    expect(content).toContain('was cut here');
    expect(view.state.warnings.map(({ code }) => code)).toEqual(['tool_output_cut']);
  });

  test('[TOOL-06] a tool server that dies in a call is a result, and the run goes on', async () => {
    await world.openai.script('custom', turns(calling({ id: 'a', name: 'hostile__die', args: {} }), plain()));
    const view = checkHistory([await (await world.chat({ model_name: 'custom', mcp_servers })).toEnd()]);
    expect(callsOf(view)[0]?.result).toMatchObject({ status: 'error' });
    expect(view.state.phase).toBe('completed');
  });

  test('[TOOL-07] two calls with the same id are two calls', async () => {
    const twice = [
      { id: 'same', name: 'hostile__echo', args: { message: 'one' } },
      { id: 'same', name: 'hostile__echo', args: { message: 'two' } },
    ];
    await world.openai.script('custom', turns(calling(...twice), calling(...twice), plain()));
    const conversation_id = newConversation();
    const stream = await world.chat({ model_name: 'custom', conversation_id, mcp_servers });
    const view = checkHistory([await stream.toEnd()], (await world.rounds(conversation_id))[0]?.messages);
    const ids = callsOf(view).map(({ tool_call_id }) => tool_call_id);
    expect(new Set(ids).size).toBe(4);
    expect(callsOf(view).map(({ result }) => result?.content)).toEqual([
      '{"message":"one"}',
      '{"message":"two"}',
      '{"message":"one"}',
      '{"message":"two"}',
    ]);
  });
});

describe('a model that never stops calling (acceptance vector 5)', () => {
  test('[TOOL-08] [D-17] ends at the limit with a warning and its own finish reason, usage summed', async () => {
    await world.openai.script('custom', scripts.endlessCalls('hostile__echo'));
    const conversation_id = newConversation();
    const stream = await world.chat({ model_name: 'custom', conversation_id, mcp_servers });
    const messages = async () => (await world.rounds(conversation_id))[0]?.messages;
    const { state } = checkHistory([await stream.toEnd()], await messages());
    expect(await world.openai.requests()).toHaveLength(10);
    expect(await messages()).toHaveLength(21);
    expect(state).toMatchObject({
      phase: 'completed',
      finish_reason: 'max_iterations',
      warnings: [{ code: 'max_iterations', message: expect.stringContaining('10') }],
      usage: { input_tokens: 100, output_tokens: 50 },
    });
    const { body } = await world.get('/api/chat/conversations');
    const listed = (body['conversations'] as { _id: string }[]).find(({ _id }) => _id === conversation_id);
    expect(listed).toMatchObject({
      total_token_usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
    });
  });

  test('[TOOL-08] says it without a stream, too', async () => {
    await world.openai.script('custom', scripts.endlessCalls('hostile__echo'));
    const { status, body } = await world.ask({ model_name: 'custom', mcp_servers });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      output: '',
      finish_reason: 'max_iterations',
      warnings: [{ code: 'max_iterations' }],
      usage: { prompt_tokens: 100, completion_tokens: 50 },
    });
  });
});

test('[TOOL-09] [D-59] servers that are unknown are a warning that the user sees, and the turn goes on without them', async () => {
  const view = checkHistory([await (await world.chat({ mcp_servers: ['hostile', 'nowhere'] })).toEnd()]);
  expect(view.state.warnings).toEqual([
    { code: 'tool_server_not_found', message: expect.stringContaining('nowhere') },
  ]);
  expect(view.state.phase).toBe('completed');
});
