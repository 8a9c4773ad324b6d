import { lastValueFrom, of, toArray } from 'rxjs';
import type { Config } from '../config/config.js';
import type { ConversationStore } from '../conversation/conversation.store.js';
import { ScriptedModel, type ScriptedAnswer } from '../model/testing/scripted-model.js';
import type { RunEventBody } from '../protocol/run-event.js';
import type { OwnTool, ToolBox } from '../tools/tool.js';
import { ToolCallIds } from './operators/tool-call-ids.js';
import { ChatService, type ChatTurn } from './chat.service.js';
import { TestContext } from './testing/run-context.js';
import { inNode, type NodeOutcome } from './operators/in-node.js';

const context = new TestContext();
const { owner } = context;

/** The servers of the operator: none of its tools may be called. */
const servers: ToolBox = {
  open: () =>
    Promise.resolve({ tools: new Map(['s__x', 'pick'].map((name) => [name, toolOf(name)])), warnings: [] }),
  parse: () => ({ ok: false, reason: 'not asked' }),
  call: () => Promise.reject(new Error('not asked')),
};

function toolOf(name: string) {
  const parameters = { type: 'object', properties: {}, additionalProperties: false };
  return {
    name,
    server: 's',
    tool: name,
    definition: { type: 'function' as const, function: { name, description: '', parameters } },
  };
}

function ownTool(name: string, fields: Partial<OwnTool> = {}): OwnTool {
  return {
    ...toolOf(name),
    call: () => Promise.resolve({ status: 'ok', content: `did ${name}`, cut: false }),
    ...fields,
  };
}

async function turn(answers: ScriptedAnswer[], fields: Partial<ChatTurn> = {}) {
  const model = new ScriptedModel(() => answers.shift() ?? { text: 'nothing left' });
  const chat = new ChatService(
    model,
    servers,
    {} as ConversationStore,
    { TOOL_CONCURRENCY: 8, CHAT_MAX_ITERATIONS: 10 } as Config,
  );
  let outcome: NodeOutcome | undefined;
  const asked = { owner, model: 'm', mcpServers: [], messages: [], ...fields };
  const events = await lastValueFrom(
    inNode(
      { name: 'a', level: 0 },
      context,
      (inner) => chat.turn(asked, inner),
      (one) => {
        outcome = one;
      },
    ).pipe(context.sees, toArray()),
  );
  return { model, events: events.flat(), outcome: outcome! };
}

const results = (events: readonly RunEventBody[]) => events.filter(({ type }) => type === 'tool_result');

describe('[GRAPH-07] a chat turn in a node', () => {
  test('needs no conversation: it sends what it is given and answers', async () => {
    const { model, outcome } = await turn([{ text: 'Hello there' }], {
      systemPrompt: 'Be kind.',
      messages: [{ role: 'user', content: 'Hi' }],
    });
    expect(model.requests.map(({ messages }) => messages)).toEqual([
      [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Hi' },
      ],
    ]);
    expect(outcome).toMatchObject({ status: 'ok', text: 'Hello there' });
  });

  test('has tools of its own, before those of servers, whose names do not take theirs', async () => {
    const { model, events } = await turn([{ calls: [{ name: 'pick' }] }, { text: 'done' }], {
      ownTools: [ownTool('pick')],
      mcpServers: ['s'],
    });
    expect(model.requests[0]?.tools.map((tool) => tool.function.name)).toEqual(['pick', 's__x']);
    expect(results(events)).toMatchObject([{ status: 'ok', content: 'did pick' }]);
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({
      code: 'tool_refused',
      message: 'MCP server "s": this turn has a tool of the same name as pick, which is left out.',
    });
  });

  test('ends after a step that called a tool which ends it, when all its calls are answered', async () => {
    const { model, events, outcome } = await turn(
      [{ text: 'I pick', calls: [{ name: 'pick' }, { name: 'two' }] }],
      {
        ownTools: [ownTool('pick', { endsTurn: true }), ownTool('two')],
      },
    );
    expect(model.requests).toHaveLength(1);
    expect(results(events)).toHaveLength(2);
    expect(outcome.text).toBe('I pick');
  });

  test('goes on when such a call was refused', async () => {
    const calls = [{ name: 'pick', args: '{"to":1}' }];
    const { model, events } = await turn([{ calls }, { text: 'then not' }], {
      ownTools: [ownTool('pick', { endsTurn: true })],
    });
    expect(model.requests).toHaveLength(2);
    expect(results(events)).toMatchObject([{ status: 'error' }]);
  });

  test('tells what happens inside of a tool before its result', async () => {
    const agent = ownTool('ask', {
      call: async (_, { emit }) => {
        const inner = inNode(
          { name: 'b', level: 1 },
          context,
          () => of([]),
          () => undefined,
        );
        await lastValueFrom(inner.pipe(toArray())).then((batches) => batches.forEach(emit));
        return { status: 'ok', content: 'asked', cut: false };
      },
    });
    const { events } = await turn([{ calls: [{ name: 'ask' }] }, { text: 'ok' }], { ownTools: [agent] });
    const order = events.filter(({ type }) => type.startsWith('node.') || type === 'tool_result');
    expect(order.map(({ type }) => type)).toEqual([
      'node.started',
      'node.started',
      'node.ended',
      'tool_result',
      'node.ended',
    ]);
  });

  test('has a limit of its own', async () => {
    const calls = [{ name: 'pick' }];
    const { model, events } = await turn([{ calls }, { calls }, { calls }], {
      ownTools: [ownTool('pick')],
      maxIterations: 2,
    });
    expect(model.requests).toHaveLength(2);
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({ code: 'max_iterations' });
  });

  test('mints other ids for calls whose ids were used in the run before', async () => {
    const callIds = new ToolCallIds();
    callIds.take('call_0');
    const { events } = await turn([{ calls: [{ name: 'pick', id: 'call_0' }] }, { text: 'ok' }], {
      ownTools: [ownTool('pick')],
      callIds,
    });
    const started = events.find((event) => event.type === 'tool_call.started');
    expect(started?.tool_call_id).toMatch(/^call_[0-9a-f]{32}$/);
    expect(callIds.take(started!.tool_call_id)).not.toBe(started!.tool_call_id);
  });
});
