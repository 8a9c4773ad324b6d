import { lastValueFrom, toArray } from 'rxjs';
import { ChatService } from '../chat/chat.service.js';
import { TestContext } from '../chat/testing/run-context.js';
import type { Config } from '../config/config.js';
import type { ConversationStore } from '../conversation/conversation.store.js';
import { ScriptedModel, type ScriptedAnswer } from '../model/testing/scripted-model.js';
import { agentConfig } from '../protocol/agent.js';
import { MillraceError } from '../protocol/error-code.js';
import type { ToolBox } from '../tools/tool.js';
import type { AgentStore } from './agent.store.js';
import { AgentTurns } from './agent-turns.js';

const config = { TOOL_CONCURRENCY: 8, CHAT_MAX_ITERATIONS: 10, TOOL_RESULT_LIMIT: 512 } as Config;
const nothing: ToolBox = {
  open: () => Promise.resolve({ tools: new Map(), warnings: [] }),
  parse: () => ({ ok: false, reason: 'not asked' }),
  call: () => Promise.reject(new Error('not asked')),
};

/** Runs the first agent. The model of an agent has its name; its answers come one after the other. */
async function run(
  agents: readonly ({ name: string } & Record<string, unknown>)[],
  answers: Record<string, ScriptedAnswer[]>,
) {
  const stored = agents.map((agent) => agentConfig.parse({ model_name: agent.name, ...agent }));
  const store = {
    findAll: (_owner: unknown, names: readonly string[]) =>
      Promise.resolve(
        new Map(stored.filter(({ name }) => names.includes(name)).map((one) => [one.name, one])),
      ),
  } as unknown as AgentStore;
  const model = new ScriptedModel(({ model: name }) => answers[name]?.shift() ?? { text: 'nothing left' });
  const turns = new AgentTurns(
    new ChatService(model, nothing, {} as ConversationStore, config),
    store,
    config,
  );
  const task = { messages: [{ role: 'user' as const, content: 'go' }] };
  const context = new TestContext();
  const batches = await lastValueFrom(turns.run(stored[0]!, task, context).pipe(context.sees, toArray()));
  return { model, events: batches.flat() };
}

const ask = (name: string, args = '{"task":"do it"}'): ScriptedAnswer => ({
  calls: [{ name: `agent__${name}`, args }],
});
const resultsOf = ({ events }: Awaited<ReturnType<typeof run>>) =>
  events.flatMap((event) => (event.type === 'tool_result' ? [[event.status, event.content]] : []));

describe('[AGENT-03] turns of agents', () => {
  const two = [{ name: 'a', agents: ['b'] }, { name: 'b' }];

  it('give the calling model what the other said last, cut at the limit of results', async () => {
    const answers = { a: [ask('b'), { text: 'done' }], b: [{ text: 'x'.repeat(1000) }] };
    const [[status, content]] = resultsOf(await run(two, answers)) as [[string, string]];
    expect(status).toBe('ok');
    expect(content).toMatch(/^x*\n\[The result was longer than 512 bytes/);
  });

  it('say so when the other said nothing', async () => {
    expect(resultsOf(await run(two, { a: [ask('b'), { text: 'done' }], b: [{}] }))).toEqual([
      ['ok', '[no output]'],
    ]);
  });

  it.each(['{}', '{"task":""}', '{"task":1}', '{"task":"x","more":1}', 'x'])(
    'call nobody with the arguments %s',
    async (args) => {
      const ran = await run(two, { a: [ask('b', args), { text: 'done' }] });
      expect(resultsOf(ran)).toEqual([['error', expect.stringContaining('工具调用解析失败')]]);
      expect(ran.model.requests.map(({ model }) => model)).toEqual(['a', 'a']);
    },
  );

  it('warn of an agent that is not there any more, and do not offer it', async () => {
    const { events, model } = await run([{ name: 'a', agents: ['b', 'gone'] }, { name: 'b' }], {});
    expect(events[0]).toMatchObject({
      type: 'warning',
      code: 'agent_not_found',
      message: 'Agent "a" may call "gone", but there is no such agent.',
    });
    expect(model.requests[0]!.tools.map((tool) => tool.function.name)).toEqual(['agent__b']);
  });

  it('allow as many levels as the agent that allows the fewest', async () => {
    const three = [
      { name: 'a', agents: ['b'], limits: { max_depth: 5 } },
      { name: 'b', agents: ['c'], limits: { max_depth: 0 } },
      { name: 'c' },
    ];
    const ran = await run(three, { a: [ask('b'), {}], b: [ask('c'), { text: 'alone' }] });
    expect(resultsOf(ran)[0]).toEqual(['error', expect.stringContaining('a → b → c')]);
  });

  it('pass on a failure that has a name, and fail with one that has none', async () => {
    const known = { b: [{ text: 'Hi', error: new MillraceError('upstream_cut') }], a: [ask('b'), {}] };
    expect(resultsOf(await run(two, known))).toEqual([['error', expect.stringContaining('工具 b 执行失败')]]);
    const fault = new Error('a bug');
    await expect(run(two, { a: [ask('b')], b: [{ error: fault }] })).rejects.toBe(fault);
  });

  it('end with the time of the agent that was asked, whoever works at that moment', async () => {
    const agents = [{ name: 'a', agents: ['b'], limits: { timeout_seconds: 0.05 } }, { name: 'b' }];
    const never = new Promise(() => {});
    await expect(run(agents, { a: [ask('b')], b: [{ after: never }] })).rejects.toMatchObject({
      code: 'node_timeout',
      detail: expect.stringContaining("Agent 'a'"),
    });
  });

  it('tell agents apart whose names look the same to a provider', async () => {
    const { model } = await run(
      [{ name: 'a', agents: ['作家', '编辑'] }, { name: '作家' }, { name: '编辑' }],
      {},
    );
    const names = model.requests[0]!.tools.map((tool) => tool.function.name);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/);
  });
});
