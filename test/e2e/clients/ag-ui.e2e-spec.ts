import { HttpAgent, type BaseEvent, type Message, type RunAgentParameters } from '@ag-ui/client';
import { HttpAgent as OldHttpAgent } from '@ag-ui/client-0.0';
import { jest } from '@jest/globals';
import { ClientSite } from '../../support/client-site.js';
import { cuttingFetch } from '../../support/cutting-fetch.js';
import { ListeningFetch } from '../../support/listening-fetch.js';
import { scripts } from '../../support/scripted-openai/index.js';
import { newConversation } from '../../support/world.js';

/** AG-UI's HttpAgent, of both generations that are in use. */
let site: ClientSite;
beforeAll(async () => (site = await ClientSite.open()));
afterAll(() => site.close());
afterEach(() => site.reset());

/** They write the failures that they throw to the console, too. */
beforeAll(() => void jest.spyOn(console, 'error').mockImplementation(() => undefined));
afterAll(() => void jest.restoreAllMocks());

const clients = [
  { generation: '1.0', Agent: HttpAgent, isLegacy: false },
  { generation: '0.0.59', Agent: OldHttpAgent as unknown as typeof HttpAgent, isLegacy: true },
];
const requests = async () =>
  (await site.openai.requests()).map(
    ({ body }) => body as { messages: Record<string, unknown>[]; tools?: object[] },
  );
const weather = {
  name: 'weather',
  description: 'The weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};
const user = (content: string, id = `user-${Math.random()}`) => ({ id, role: 'user' as const, content });

type Sent = RunAgentParameters & { model?: string; props?: object };

/** An agent with what it was told in its last run. */
class Client {
  events: BaseEvent[] = [];
  readonly agent: HttpAgent;

  constructor(
    Agent: typeof HttpAgent,
    readonly threadId = newConversation(),
    initialMessages: Message[] = [],
  ) {
    this.agent = new Agent({ url: `${site.url}/api/ag-ui/run`, threadId, initialMessages });
  }

  get messages(): Record<string, unknown>[] {
    return JSON.parse(JSON.stringify(this.agent.messages)) as Record<string, unknown>[];
  }

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }

  get last(): Record<string, unknown> {
    return this.events.at(-1)!;
  }

  /** The id that the server gave the run. */
  get run(): string {
    const { metadata } = this.events[0] as unknown as { metadata: { millrace: { run_id: string } } };
    return metadata.millrace.run_id;
  }

  async send({ model = 'plain', props, ...parameters }: Sent = {}): Promise<void> {
    this.events = [];
    await this.agent.runAgent(
      { forwardedProps: { model, ...props }, ...parameters },
      { onEvent: ({ event }) => void this.events.push(event) },
    );
  }

  say(content: string, sent: Sent = {}): Promise<void> {
    this.agent.addMessage(user(content));
    return this.send(sent);
  }

  /** Resolves when the last message says this. */
  async saying(text: string): Promise<void> {
    while (this.agent.messages.at(-1)?.content !== text)
      await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe.each(clients)('@ag-ui/client $generation', ({ Agent, isLegacy }) => {
  test('[AGUI-01] plain: a message, usage and one end; the next one goes on with the history', async () => {
    const client = new Client(Agent);
    await client.say('hello', { runId: `run-of-${client.threadId}` });
    expect([...new Set(client.types)]).toEqual([
      'RUN_STARTED',
      'CUSTOM',
      'TEXT_MESSAGE_START',
      'TEXT_MESSAGE_CONTENT',
      'TEXT_MESSAGE_END',
      'RUN_FINISHED',
    ]);
    const ids = { threadId: client.threadId, runId: `run-of-${client.threadId}` };
    expect(client.events[0]).toMatchObject({ ...ids, ...(!isLegacy && { protocolVersion: '1.0' }) });
    expect(client.last).toMatchObject({
      ...ids,
      usage: [{ model: 'plain', inputTokens: 10, outputTokens: 5 }],
      ...(!isLegacy && { outcome: { type: 'success' } }),
    });
    expect(client.messages[1]).toMatchObject({ role: 'assistant', content: 'Hello wörld' });
    const [round] = await site.world.rounds(client.threadId);
    expect(round).toMatchObject({ run_id: client.run, state: 'completed' });

    await client.say('and again');
    expect((await requests())[1]!.messages).toEqual([
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: 'Hello wörld' },
      { role: 'user', content: 'and again' },
    ]);
    expect((await site.world.rounds(client.threadId)).map(({ messages }) => messages.length)).toEqual([2, 2]);
  });

  test('[AGUI-01] reasoning and refusals', async () => {
    const client = new Client(Agent);
    await client.say('hello', { model: 'reasoning' });
    expect(client.messages.slice(1)).toMatchObject([
      { role: 'reasoning', content: 'hmm ok' },
      { role: 'assistant', content: '答案' },
    ]);
    const refused = new Client(Agent);
    await refused.say('hello', { model: 'refusal' });
    expect(refused.messages[1]).toMatchObject({
      content: 'I cannot help with that.',
      metadata: { millrace: { refusal: true } },
    });
  });

  test('[AGUI-01] tools of the server: calls with their results, which go back with the next message', async () => {
    const client = new Client(Agent);
    await client.say('hello', { model: 'sum', props: { mcp_servers: ['builtin'] } });
    const [, asking, result, answer] = client.messages;
    expect(asking).toMatchObject({
      content: 'Let me see.',
      toolCalls: [{ function: { name: 'builtin__calculate', arguments: '{"expression":"2+3"}' } }],
    });
    expect(result).toMatchObject({ role: 'tool', metadata: { millrace: { status: 'ok' } } });
    expect(result!['content']).toContain('5');
    expect(answer).toMatchObject({ role: 'assistant', content: 'It is 5.' });
    await client.say('again', { model: 'plain' });
    const { messages } = (await requests()).at(-1)!;
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
    expect(messages[2]).toMatchObject({ tool_call_id: 'call_sum' });
  });

  test('[AGUI-02] its own tools come back to it, and their results go on with the turn', async () => {
    const client = new Client(Agent);
    await client.say('hello', { model: 'weather', tools: [weather] });
    const [call] = client.messages[1]!['toolCalls'] as { id: string; function: object }[];
    expect(call!.function).toEqual({ name: 'weather', arguments: '{"city":"Paris"}' });
    expect(client.types).not.toContain('TOOL_CALL_RESULT');
    if (!isLegacy) expect(client.last).toMatchObject({ outcome: { pendingToolCallIds: [call!.id] } });

    client.agent.addMessage({ id: 'result', role: 'tool', toolCallId: call!.id, content: 'rain' });
    await client.send({ model: 'weather', tools: [weather] });
    expect(client.messages.at(-1)).toMatchObject({ content: 'It rains.' });
    const { messages, tools } = (await requests())[1]!;
    expect(tools).toMatchObject([{ function: weather }]);
    const exchange = [
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: '', tool_calls: [{ id: 'call_weather' }] },
      { role: 'tool', tool_call_id: 'call_weather', content: 'rain' },
    ];
    expect(messages).toMatchObject(exchange);

    const rounds = await site.world.rounds(client.threadId);
    expect(rounds.map((round) => round.messages.map(({ role }) => role))).toEqual([
      ['user', 'assistant'],
      ['tool', 'assistant'],
    ]);
    await site.world.ask({ conversation_id: client.threadId });
    expect((await requests())[2]!.messages).toMatchObject([
      ...exchange,
      { role: 'assistant', content: 'It rains.' },
      { role: 'user', content: 'hello' },
    ]);
  });

  test('[AGUI-02] a call of its own that it does not answer is told to the model as that', async () => {
    const client = new Client(Agent);
    await client.say('hello', { model: 'weather', tools: [weather] });
    await client.say('never mind');
    expect((await requests())[1]!.messages.slice(2)).toMatchObject([
      { role: 'tool', tool_call_id: 'call_weather', content: 'This call has no result.' },
      { role: 'user', content: 'never mind' },
    ]);
  });

  test('[AGUI-01] heartbeats keep a run open while a tool works in silence', async () => {
    const heard = new ListeningFetch();
    const client = new Client(Agent);
    client.agent.fetch = heard.fetch;
    await client.say('hello', { model: 'silent', props: { mcp_servers: ['everything'] } });
    expect(client.messages.at(-1)).toMatchObject({ content: 'Done.' });
    expect(heard.heartbeats).toBeGreaterThanOrEqual(2);
  });

  test('[AGUI-01] errors: of the request, of the model before it answers, and after it began', async () => {
    const client = new Client(Agent);
    await expect(client.say('hello', { model: 'nope' })).rejects.toThrow(/HTTP 400: .*unknown_model/);
    await client.send({ model: 'bad-request' });
    expect(client.last).toMatchObject({ type: 'RUN_ERROR', code: 'upstream_rejected' });
    expect(client.messages).toHaveLength(1);
    await client.send({ model: 'cut' });
    expect(client.last).toMatchObject({
      type: 'RUN_ERROR',
      code: 'upstream_cut',
      metadata: { millrace: { retryable: true } },
    });
    expect(client.messages[1]).toMatchObject({ content: 'Hello' });
  });

  test('[AGUI-01] a run that is cancelled says so and keeps what had arrived', async () => {
    const client = new Client(Agent);
    const sent = client.say('hello', { model: 'slow' });
    await site.firstPiece();
    await client.saying('one ');
    expect((await site.world.cancel(client.run)).status).toBe(202);
    await sent;
    expect(client.messages[1]).toMatchObject({ content: 'one ' });
    if (isLegacy) {
      expect(client.events.at(-2)).toMatchObject({ name: 'millrace.cancelled', value: { by: 'user' } });
      expect(client.last).not.toHaveProperty('outcome');
    } else expect(client.last).toMatchObject({ outcome: { type: 'cancelled' } });
  });

  test('[AGUI-02] who leaves stops nothing; a message after that does not wait for the answer that was left', async () => {
    const client = new Client(Agent);
    const sent = client.say('hello', { model: 'slow' });
    await site.firstPiece();
    await client.saying('one ');
    const left = client.run;
    client.agent.abortRun();
    await sent;
    await client.say('instead');
    expect(client.messages.at(-1)).toMatchObject({ content: 'Hello wörld' });
    expect(await site.world.ended(left)).toMatchObject({ state: 'cancelled' });
    const [first] = await site.world.rounds(client.threadId);
    expect(first!.messages[1]!.content).toBe('one ');
  });

  test('[AGUI-02] what is asked again is a branch', async () => {
    const client = new Client(Agent);
    await client.say('first');
    await client.say('second');
    client.agent.setMessages(client.agent.messages.slice(0, -1));
    await client.send();
    const rounds = await site.world.rounds(client.threadId);
    expect(rounds).toHaveLength(2);
    expect((rounds[1] as unknown as { branches: string[] }).branches).toHaveLength(2);
  });

  test('[AGUI-02] the same runId is the same run, and another question under it is refused', async () => {
    const client = new Client(Agent);
    const question = user('hello');
    client.agent.addMessage(question);
    await client.send({ runId: 'mine' });
    const again = new Client(Agent, client.threadId, [question]);
    await again.send({ runId: 'mine' });
    expect(again.messages).toEqual(client.messages);
    expect(again.types).toEqual(['RUN_STARTED', 'MESSAGES_SNAPSHOT', 'RUN_FINISHED']);
    expect(await requests()).toHaveLength(1);
    await expect(client.say('something else', { runId: 'mine' })).rejects.toThrow(/HTTP 422: .*runId/);
  });

  test('[AGUI-03] after every event: who is cut and asks again gets the messages of who stayed', async () => {
    const { answer, done, finish, gate, reasoning, text, usage } = scripts;
    const script = answer(reasoning('想'), text('Hel', 'lo'), gate(), text(' 🌏'), finish(), usage(), done());
    const turn = async (frames: number, runId: string | undefined) => {
      await site.openai.push(script);
      const client = new Client(Agent);
      client.agent.fetch = cuttingFetch(frames);
      const sent = client.say('hi', { runId });
      if (frames === Infinity) await site.openai.release();
      await sent;
      client.agent.fetch = fetch;
      const resumed = frames === Infinity ? undefined : client.send({ runId });
      if (resumed) await site.openai.release();
      await resumed;
      return { messages: client.messages.slice(1).map(bare), calls: (await requests()).length };
    };
    const whole = await turn(Infinity, 'a');
    expect(whole.messages).toMatchObject([
      { role: 'reasoning', content: '想' },
      { role: 'assistant', content: 'Hello 🌏' },
    ]);
    // Later ones come only when the model goes on.
    for (let frames = 1; frames <= 9; frames += 1) {
      // Once it has something of the answer, an agent need not remember what it called the run.
      const { messages, calls } = await turn(frames, frames < 8 ? `b-${frames}` : undefined);
      expect({ frames, messages, calls }).toEqual({ frames, messages: whole.messages, calls: frames + 1 });
    }
  });

  test('[AGUI-03] after every event of a run with tools that has ended meanwhile', async () => {
    const whole = new Client(Agent);
    const sum = { model: 'sum', props: { mcp_servers: ['builtin'] } };
    await whole.say('hi', sum);
    for (let frames = 1; frames < whole.events.length; frames += 1) {
      const client = new Client(Agent);
      client.agent.fetch = cuttingFetch(frames);
      await client.say('hi', { ...sum, runId: 'mine' });
      client.agent.fetch = fetch;
      await client.send({ ...sum, runId: 'mine' });
      expect({ frames, messages: client.messages.slice(1).map(bare) }).toEqual({
        frames,
        messages: whole.messages.slice(1).map(bare),
      });
    }
  });

  test('[AGUI-03] a page that has nothing gets the thread, and the answer that is being written', async () => {
    const client = new Client(Agent);
    await client.say('first');
    const sent = client.say('second', { model: 'slow' });
    await site.openai.received(2);
    await site.openai.release();
    await client.saying('one ');
    const page = new Client(Agent, client.threadId);
    const resumed = page.send();
    await page.saying('one ');
    await site.openai.release('gate', 3);
    await Promise.all([sent, resumed]);
    expect(page.messages.map(({ role, content }) => [role, content])).toEqual(
      client.messages.map(({ role, content }) => [role, content]),
    );
    expect(page.last).toMatchObject({ type: 'RUN_FINISHED' });
    await page.say('third');
    expect(await site.world.rounds(client.threadId)).toHaveLength(3);
  });
});

test('[AGUI-01] without a model the first one of the list answers; context and images reach it', async () => {
  const [first] = (await (await fetch(`${site.world.server.url}/api/models`)).json()) as { name: string }[];
  const threadId = newConversation();
  const image = {
    type: 'image' as const,
    source: { type: 'data' as const, value: 'AA==', mimeType: 'image/png' },
  };
  const client = new Client(HttpAgent, threadId, [
    { id: 'u', role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] },
  ]);
  await client.send({ forwardedProps: {}, context: [{ description: 'The page', value: 'settings' }] });
  expect(client.events[0]).toMatchObject({ metadata: { millrace: { model: first!.name } } });
  expect((await requests())[0]!.messages).toEqual([
    { role: 'system', content: 'The page: settings' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
      ],
    },
  ]);
});

test('[AGUI-02] on_disconnect "cancel" ends a run whose reader left', async () => {
  const client = new Client(HttpAgent);
  const sent = client.say('hello', { model: 'slow', props: { on_disconnect: 'cancel' } });
  await site.firstPiece();
  await client.saying('one ');
  client.agent.abortRun();
  await sent;
  expect((await site.openai.closed(1)).closedBy).toBe('client');
});

/** A message without the ids of its run. */
function bare(message: Record<string, unknown>): object {
  const text = JSON.stringify(message)
    .replaceAll(/[0-9A-HJKMNP-TV-Z]{26}/g, '')
    .replaceAll(/[0-9a-f-]{36}/g, '');
  return JSON.parse(text) as object;
}
