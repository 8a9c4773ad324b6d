import {
  DefaultChatTransport,
  lastAssistantMessageIsCompleteWithToolCalls,
  readUIMessageStream,
  type ChatInit,
  type UIMessage,
} from 'ai';
import { ClientSite } from '../../support/client-site.js';
import { ListeningFetch } from '../../support/listening-fetch.js';
import { MemoryChat } from '../../support/memory-chat.js';
import { scripts } from '../../support/scripted-openai/index.js';
import { SseReader } from '../../support/sse-client.js';
import { newConversation } from '../../support/world.js';

/** The AI SDK's chat with its DefaultChatTransport, which is what `useChat` is made of. */
let site: ClientSite;
beforeAll(async () => (site = await ClientSite.open()));
afterAll(() => site.close());
afterEach(() => site.reset());

const api = () => `${site.url}/api/ai-sdk/chat`;
function chatOf(
  model: string,
  { body, fetch, ...init }: ChatInit<UIMessage> & { body?: object; fetch?: typeof globalThis.fetch } = {},
) {
  const transport = new DefaultChatTransport({
    api: api(),
    body: { model, ...body },
    ...(fetch && { fetch }),
  });
  return new MemoryChat({ id: newConversation(), transport, ...init });
}
const post = (chat: MemoryChat, path: string, body?: object) =>
  site.world.post(`/api/ai-sdk/chat/${chat.id}/${path}`, body);
const typesOf = ({ parts }: UIMessage) => parts.map(({ type }) => type);
const requests = async () => (await site.openai.requests()).map(({ body }) => body as { messages: object[] });

test('[AISDK-01] plain: a message with its run, model and usage; the next one goes on with the history', async () => {
  const chat = chatOf('plain');
  await chat.sendMessage({ text: 'hello' });
  expect({ status: chat.status, error: chat.error, text: chat.lastText }).toEqual({
    status: 'ready',
    error: undefined,
    text: 'Hello wörld',
  });
  expect(chat.lastMessage).toMatchObject({
    role: 'assistant',
    metadata: { model: 'plain', conversation_id: chat.id, usage: { input_tokens: 10, output_tokens: 5 } },
  });
  const [round] = await site.world.rounds(chat.id);
  expect(round).toMatchObject({ run_id: chat.lastMessage!.id, state: 'completed' });
  expect(round!.messages.map(({ content }) => content)).toEqual(['hello', 'Hello wörld']);

  await chat.sendMessage({ text: 'and again' });
  expect((await requests())[1]!.messages).toEqual([
    { role: 'user', content: 'hello' },
    { role: 'assistant', content: 'Hello wörld' },
    { role: 'user', content: 'and again' },
  ]);
  expect(await site.world.rounds(chat.id)).toHaveLength(2);
});

test('[AISDK-01] without a model the first one of the list answers', async () => {
  const [first] = (await (await fetch(`${site.world.server.url}/api/models`)).json()) as { name: string }[];
  const chat = new MemoryChat({ id: newConversation(), transport: new DefaultChatTransport({ api: api() }) });
  await chat.sendMessage({ text: 'hello' });
  expect(chat.lastMessage?.metadata).toMatchObject({ model: first!.name });
});

test('[AISDK-01] reasoning and refusals are parts of their own', async () => {
  const chat = chatOf('reasoning');
  await chat.sendMessage({ text: 'hello' });
  expect(chat.lastMessage?.parts).toMatchObject([
    { type: 'step-start' },
    { type: 'reasoning', text: 'hmm ok', state: 'done' },
    { type: 'text', text: '答案', state: 'done' },
  ]);
  const refused = chatOf('refusal');
  await refused.sendMessage({ text: 'hello' });
  expect(refused.lastMessage?.parts[1]).toMatchObject({
    type: 'text',
    text: 'I cannot help with that.',
    providerMetadata: { millrace: { refusal: true } },
  });
});

test('[AISDK-01] tools of the server are shown with input and output, and asked of nobody', async () => {
  const asked: unknown[] = [];
  const chat = chatOf('sum', {
    body: { mcp_servers: ['builtin'] },
    onToolCall: (call) => void asked.push(call),
  });
  await chat.sendMessage({ text: 'hello' });
  expect(typesOf(chat.lastMessage!)).toEqual(['step-start', 'text', 'dynamic-tool', 'step-start', 'text']);
  expect(chat.lastMessage?.parts[2]).toMatchObject({
    toolName: 'builtin__calculate',
    title: 'calculate',
    toolCallId: 'call_sum',
    providerExecuted: true,
    state: 'output-available',
    input: { expression: '2+3' },
  });
  expect(JSON.stringify(chat.lastMessage?.parts[2])).toContain('5');
  expect(asked).toEqual([]);

  await chat.sendMessage({ text: 'again' });
  const { messages } = (await requests()).at(-1)!;
  expect(messages.map((message) => (message as { role: string }).role)).toEqual([
    'user',
    'assistant',
    'tool',
    'assistant',
    'user',
    'assistant',
    'tool',
  ]);
  expect(messages[1]).toMatchObject({
    tool_calls: [{ id: 'call_sum', function: { arguments: '{"expression":"2+3"}' } }],
  });
});

test('[AISDK-01] heartbeats keep a chat open while a tool works in silence', async () => {
  const heard = new ListeningFetch();
  const chat = chatOf('silent', { body: { mcp_servers: ['everything'] }, fetch: heard.fetch });
  await chat.sendMessage({ text: 'hello' });
  expect({ status: chat.status, text: chat.lastText }).toEqual({ status: 'ready', text: 'Done.' });
  expect(heard.heartbeats).toBeGreaterThanOrEqual(2);
});

test('[AISDK-01] errors: of the request, of the model before it answers, and after it began', async () => {
  const unknown = chatOf('nope');
  await unknown.sendMessage({ text: 'hello' });
  expect(unknown.status).toBe('error');
  expect(unknown.error?.message).toContain('unknown_model');

  const refused = chatOf('bad-request');
  await refused.sendMessage({ text: 'hello' });
  expect([refused.status, refused.error?.message]).toEqual(['error', expect.stringContaining('refused')]);

  const cut = chatOf('cut');
  await cut.sendMessage({ text: 'hello' });
  expect([cut.status, cut.lastText]).toEqual(['error', 'Hello']);
  expect(cut.lastMessage?.parts.at(-1)).toMatchObject({
    type: 'data-error',
    data: { code: 'upstream_cut', retryable: true },
  });
});

test('[AISDK-03] who was cut comes back to the whole answer', async () => {
  const chat = chatOf('slow');
  const sent = chat.sendMessage({ text: 'hello' });
  await site.firstPiece();
  while (chat.lastText !== 'one ') await new Promise((resolve) => setTimeout(resolve, 5));
  site.network.cut();
  await sent;
  expect(chat.status).toBe('error');
  const resumed = chat.resumeStream();
  await site.openai.release('gate', 3);
  await resumed;
  expect({ status: chat.status, text: chat.lastText, messages: chat.messages.length }).toEqual({
    status: 'ready',
    text: 'one two three',
    messages: 2,
  });
  expect(await site.openai.requests()).toHaveLength(1);
});

test('[AISDK-03] a page that is opened later shows the answer that is being written; and none when there is none', async () => {
  const chat = chatOf('slow');
  const sent = chat.sendMessage({ text: 'hello' });
  await site.firstPiece();
  const page = chatOf('slow', { id: chat.id, messages: [chat.messages[0]!] });
  const resumed = page.resumeStream();
  await site.openai.release('gate', 3);
  await Promise.all([sent, resumed]);
  expect(page.lastMessage).toEqual(chat.lastMessage);
  await page.resumeStream();
  expect(page.messages).toEqual(chat.messages);
  const nobody = chatOf('slow');
  await nobody.resumeStream();
  expect(nobody.status).toBe('ready');
});

test('[AISDK-03] after every frame: who leaves and comes back gets the message of who stayed', async () => {
  const { answer, done, finish, gate, reasoning, text, usage } = scripts;
  const script = answer(reasoning('想'), text('Hel', 'lo'), gate(), text(' 🌏'), finish(), usage(), done());
  const turn = async (frames: number) => {
    await site.openai.push(script);
    const id = newConversation();
    const body = {
      id,
      model: 'plain',
      messages: [{ id: 'u', role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
    };
    const reader = await SseReader.open(api(), { method: 'POST', body });
    await reader.count(frames);
    if (frames < 8) reader.leave();
    const stream = await new DefaultChatTransport({ api: api() }).reconnectToStream({ chatId: id });
    await site.openai.release();
    let message: UIMessage | undefined;
    for await (const one of readUIMessageStream({ stream: stream! })) message = one;
    return { parts: message!.parts, id: message!.id === reader.runId };
  };
  const whole = await turn(8);
  expect(whole.parts).toMatchObject([
    { type: 'step-start' },
    { type: 'reasoning', text: '想' },
    { type: 'text', text: 'Hello 🌏' },
  ]);
  for (let frames = 1; frames < 8; frames += 1) {
    const { parts, id } = await turn(frames);
    expect({ frames, id, parts: parts.map(bare) }).toEqual({
      frames,
      id: true,
      parts: whole.parts.map(bare),
    });
  }
});

test('[AISDK-03] a stop ends the answer with what had arrived; a stale one does not', async () => {
  const chat = chatOf('slow');
  const sent = chat.sendMessage({ text: 'hello' });
  await site.firstPiece();
  while (chat.lastText !== 'one ') await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await post(chat, 'stop', { activeStreamId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' })).status).toBe(204);
  const { status, body } = await post(chat, 'stop', { activeStreamId: chat.lastMessage!.id });
  expect([status, body['state']]).toEqual([202, 'cancelled']);
  await sent;
  expect({ status: chat.status, text: chat.lastText }).toEqual({ status: 'ready', text: 'one ' });
  expect((await site.openai.closed(1)).closedBy).toBe('client');
  expect((await site.world.rounds(chat.id))[0]!.messages[1]!.content).toBe('one ');
  expect((await post(chat, 'stop')).status).toBe(204);
});

test('[AISDK-03] who only leaves stops nothing', async () => {
  const chat = chatOf('slow');
  const sent = chat.sendMessage({ text: 'hello' });
  await site.firstPiece();
  while (chat.lastText !== 'one ') await new Promise((resolve) => setTimeout(resolve, 5));
  await chat.stop();
  await sent;
  await site.openai.release('gate', 3);
  await site.world.ended(chat.lastMessage!.id);
  expect((await site.world.rounds(chat.id))[0]!.messages[1]!.content).toBe('one two three');
});

test('[AISDK-03] a message after a stop does not wait for the answer that was left', async () => {
  const chat = chatOf('slow');
  const sent = chat.sendMessage({ text: 'hello' });
  await site.firstPiece();
  while (chat.lastText !== 'one ') await new Promise((resolve) => setTimeout(resolve, 5));
  const left = chat.lastMessage!.id;
  await chat.stop();
  await sent;
  await chat.sendMessage({ text: 'instead' }, { body: { model: 'plain' } });
  expect(chat.lastText).toBe('Hello wörld');
  expect(await site.world.ended(left)).toMatchObject({ state: 'cancelled' });
});

test('[AISDK-02] what is asked again or edited becomes a branch', async () => {
  const chat = chatOf('plain');
  await chat.sendMessage({ text: 'first' });
  await chat.sendMessage({ text: 'second' });
  await chat.regenerate();
  const [one, again] = await site.world.rounds(chat.id);
  expect([one!.messages[0]!.content, again!.messages[0]!.content]).toEqual(['first', 'second']);
  expect((again as unknown as { branches: string[] }).branches).toHaveLength(2);
  expect(chat.lastMessage?.id).toBe(again!.run_id);

  await chat.sendMessage({ text: 'first, edited', messageId: chat.messages[0]!.id });
  const edited = await site.world.rounds(chat.id);
  expect(edited).toHaveLength(1);
  expect(edited[0]!.messages[0]!.content).toBe('first, edited');
  expect((edited[0] as unknown as { branches: string[] }).branches).toHaveLength(2);
});

test('[AISDK-02] a client that sends only its last message goes on with what is stored', async () => {
  const id = newConversation();
  const transport = new DefaultChatTransport<UIMessage>({
    api: api(),
    prepareSendMessagesRequest: ({ id: chat, messages }) => ({
      body: { id: chat, model: 'plain', messages: messages.slice(-1) },
    }),
  });
  const chat = new MemoryChat({ id, transport });
  await chat.sendMessage({ text: 'first' });
  await chat.sendMessage({ text: 'second' });
  expect((await requests())[1]!.messages).toMatchObject([
    { content: 'first' },
    { content: 'Hello wörld' },
    { content: 'second' },
  ]);
});

test('[AISDK-02] a request without an id is a temporary chat', async () => {
  const messages = [{ id: 'u', role: 'user', parts: [{ type: 'text', text: 'hi' }] }];
  const reader = await SseReader.open(api(), { method: 'POST', body: { model: 'slow', messages } });
  await site.firstPiece();
  expect(reader.headers['x-conversation-id']).toBeUndefined();
  reader.leave();
  expect((await site.openai.closed(1)).closedBy).toBe('client');
});

test('[AISDK-01] images and files go to the model', async () => {
  const chat = chatOf('plain', { body: { system_prompt: 'Be kind.' } });
  const url = 'data:image/png;base64,AA==';
  await chat.sendMessage({ text: 'What is this?', files: [{ type: 'file', mediaType: 'image/png', url }] });
  expect((await requests())[0]!.messages).toEqual([
    { role: 'system', content: 'Be kind.' },
    {
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url } },
        { type: 'text', text: 'What is this?' },
      ],
    },
  ]);
});

const weather = {
  name: 'weather',
  description: 'The weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};
const withWeather = () => {
  const chat = chatOf('weather', {
    body: { tools: [weather] },
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithToolCalls,
    onToolCall: ({ toolCall }) =>
      void chat.addToolOutput({ tool: toolCall.toolName, toolCallId: toolCall.toolCallId, output: 'rain' }),
  });
  return chat;
};
const settled = async (chat: MemoryChat, text: string) => {
  while (chat.lastText !== text || chat.status !== 'ready')
    await new Promise((resolve) => setTimeout(resolve, 5));
};

test('[AISDK-02] tools of the page: it is asked, and the same message goes on with what it gave', async () => {
  const chat = withWeather();
  await chat.sendMessage({ text: 'hello' });
  await settled(chat, 'It rains.');
  expect(chat.messages).toHaveLength(2);
  expect(typesOf(chat.lastMessage!)).toEqual(['step-start', 'dynamic-tool', 'step-start', 'text']);
  expect(chat.lastMessage!.parts[1]).toMatchObject({
    toolName: 'weather',
    state: 'output-available',
    input: { city: 'Paris' },
    output: 'rain',
    providerExecuted: false,
  });
  const exchange = [
    { role: 'user', content: 'hello' },
    { role: 'assistant', content: '', tool_calls: [{ id: 'call_weather' }] },
    { role: 'tool', tool_call_id: 'call_weather', content: 'rain' },
  ];
  expect((await requests())[1]!.messages).toMatchObject(exchange);
  const rounds = await site.world.rounds(chat.id);
  expect(rounds.map(({ run_id, messages }) => [run_id, messages.map(({ role }) => role)])).toEqual([
    [chat.lastMessage!.id, ['user', 'assistant']],
    [(chat.lastMessage!.metadata as { run_id: string }).run_id, ['tool', 'assistant']],
  ]);

  await chat.sendMessage({ text: 'and now?' }, { body: { model: 'plain' } });
  expect((await requests())[2]!.messages).toMatchObject([
    ...exchange,
    { role: 'assistant', content: 'It rains.' },
    { role: 'user', content: 'and now?' },
  ]);
  expect(await site.world.rounds(chat.id)).toHaveLength(3);

  // A page that only has the last message of the exchange goes on with what is stored.
  const page = chatOf('plain', { id: chat.id, messages: [] });
  await page.sendMessage({ text: 'a third' });
  expect((await requests())[3]!.messages).toMatchObject([...exchange, {}, {}, {}, { content: 'a third' }]);
});

test('[AISDK-03] who comes back to a message that went on after tools of the page gets all of it', async () => {
  const chat = withWeather();
  await chat.sendMessage({ text: 'hello' });
  await settled(chat, 'It rains.');
  const page = chatOf('weather', { id: chat.id, messages: [chat.messages[0]!] });
  await page.resumeStream();
  expect(page.messages.map(({ id }) => id)).toEqual(chat.messages.map(({ id }) => id));
  const seen = ({ parts }: UIMessage) => parts.map((part) => [part.type, 'text' in part ? part.text : '']);
  expect(seen(page.lastMessage!)).toEqual(seen(chat.lastMessage!));
  await chat.resumeStream();
  expect(seen(chat.lastMessage!)).toEqual(seen(page.lastMessage!));
  expect(chat.messages).toHaveLength(2);
});

/** A part without the ids of its run. */
function bare(part: object): object {
  const { id: _id, ...rest } = part as { id?: string };
  return rest;
}
