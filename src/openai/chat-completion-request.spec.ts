import { readFileSync } from 'node:fs';
import { LOCAL_OWNER } from '../auth/owner.js';
import type { ChatService, ChatTurn } from '../chat/chat.service.js';
import { MillraceError } from '../protocol/error-code.js';
import type { RunContext } from '../run/run-program.js';
import { openAiChatRequest, PASSED_ON } from './chat-completion-request.js';
import { chatCompletionRun } from './chat-completion-run.js';
import { OpenAiBodyPipe } from './openai-body.pipe.js';
import { refuseUnsupported } from './unsupported.js';

const pipe = new OpenAiBodyPipe(openAiChatRequest);
const valid = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };
const read = (fields: object = {}) => {
  const request = pipe.transform({ ...valid, ...fields });
  refuseUnsupported(request);
  return request;
};

function refusal(fields: object): { code: string; param: unknown; detail: string } | undefined {
  try {
    read(fields);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    return { code: error.code, param: error.members['param'], detail: error.detail };
  }
  return undefined;
}

/** What the chat service is asked for. */
function turnOf(fields: object): ChatTurn {
  let asked: ChatTurn | undefined;
  const chat = { turn: (turn: ChatTurn) => (asked = turn) } as unknown as ChatService;
  chatCompletionRun(chat, LOCAL_OWNER, read(fields), undefined).execute({} as RunContext);
  return asked!;
}

describe('a chat completion request', () => {
  const fields = Object.keys(openAiChatRequest.shape);

  test('[OAI-02] may hold every field that the openai package knows, and mcp_servers', () => {
    const types = readFileSync('node_modules/openai/resources/chat/completions/completions.d.ts', 'utf8');
    const base = /interface ChatCompletionCreateParamsBase \{\n(.*?)\n\}/s.exec(types)![1]!;
    const known = [...base.matchAll(/^ {4}([a-z_]+)\??:/gm)].map(([, name]) => name!);
    expect(known.length).toBeGreaterThan(30);
    expect(fields.toSorted()).toEqual([...known, 'mcp_servers'].toSorted());
  });

  test('[OAI-02] is passed on without what is null, and with what is false or 0', () => {
    const given = { temperature: 0, parallel_tool_calls: false, seed: null, stop: ['a'], user: 'u' };
    expect(turnOf(given).parameters).toEqual({
      temperature: 0,
      parallel_tool_calls: false,
      stop: ['a'],
      user: 'u',
    });
    expect(PASSED_ON).not.toContain('n');
  });

  test('[OAI-02] keeps messages of all roles as they are, but for what only clients know', () => {
    const messages = [
      { role: 'system', content: 'Be kind.' },
      { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }], name: 'dev' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{"x":1}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'A cat.' },
      { role: 'assistant', content: 'A cat.' },
      { role: 'user', content: 'Sure?' },
    ];
    const decorated = messages.map((message) =>
      message.role === 'assistant'
        ? { ...message, refusal: null, reasoning_content: 'hm', annotations: [], function_call: null }
        : message,
    );
    expect(JSON.parse(JSON.stringify(turnOf({ messages: decorated }).messages))).toEqual(messages);
  });

  test('[OAI-03] has the client’s tools as they are', () => {
    const tool = {
      type: 'function',
      function: { name: 'look', parameters: { type: 'object' }, strict: true },
    };
    const turn = turnOf({ tools: [tool], mcp_servers: ['builtin'], tool_choice: 'required' });
    expect(turn).toMatchObject({
      clientTools: [tool],
      mcpServers: ['builtin'],
      parameters: { tool_choice: 'required' },
    });
  });

  test.each([
    [{ model: undefined }, 'model'],
    [{ model: '' }, 'model'],
    [{ messages: undefined }, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'nobody', content: 'Hi' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'function', name: 'f', content: 'Hi' }] }, 'messages[0].role'],
    [{ messages: [valid.messages[0], { role: 'user' }] }, 'messages[1].content'],
    [{ messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }, 'messages[0].content[0].type'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
    [
      { messages: [{ role: 'assistant', content: null, function_call: { name: 'f', arguments: '' } }] },
      'messages[0].function_call',
    ],
    [
      { messages: [{ role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'custom' }] }] },
      'messages[0].tool_calls[0].type',
    ],
    [{ temperature: 'hot' }, 'temperature'],
    [{ stop: [1] }, 'stop[0]'],
    [{ top_logprobs: 21 }, 'top_logprobs'],
    [{ tools: [{ type: 'function', function: { name: 'no spaces' } }] }, 'tools[0].function.name'],
    [{ stream_options: true }, 'stream_options'],
    [{ prompt: 'Hi' }, 'prompt'],
    [{ top_k: 40 }, 'top_k'],
  ])('[OAI-02] is refused with %j, which names the field', (wrong, param) => {
    const refused = refusal(wrong);
    expect(refused).toMatchObject({ code: 'invalid_parameter', param });
    expect(refused?.detail.startsWith(`${param}: `)).toBe(true);
  });

  test.each([
    [{ n: 2 }, 'n'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ audio: { voice: 'alloy', format: 'wav' } }, 'audio'],
    [{ store: true }, 'store'],
    [{ moderation: { model: 'm' } }, 'moderation'],
    [{ web_search_options: {} }, 'web_search_options'],
    [{ functions: [{ name: 'f' }] }, 'functions'],
    [{ function_call: 'auto' }, 'function_call'],
    [{ tools: [{ type: 'custom', custom: { name: 'c' } }] }, 'tools[0]'],
    [{ tool_choice: 'auto' }, 'tool_choice'],
  ])('[OAI-02] is refused with %j, which is not supported', (wrong, param) => {
    expect(refusal(wrong)).toMatchObject({ code: 'unsupported_parameter', param });
  });

  test('[OAI-02] is taken where a field says what is done anyway', () => {
    const harmless = { n: 1, modalities: ['text'], store: false, audio: null, functions: null, stream: null };
    expect(refusal({ ...harmless, stream_options: { include_obfuscation: true } })).toBeUndefined();
  });

  test('[HTTP-02] needs a body', () => {
    expect(() => pipe.transform(undefined)).toThrow('invalid_json');
  });

  test('[OAI-06] is the same under one key whether it is streamed or not, and another than one of the native route', () => {
    const keyed = (fields: object) =>
      chatCompletionRun({} as ChatService, LOCAL_OWNER, read(fields), 'key').idempotency?.requestHash;
    expect(keyed({ stream: true, stream_options: { include_usage: true } })).toBe(keyed({}));
    expect(keyed({ temperature: 1 })).not.toBe(keyed({}));
  });
});
