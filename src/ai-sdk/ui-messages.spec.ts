import type { MillraceError } from '../protocol/error-code.js';
import { aiSdkChatRequest, type UiMessage } from './chat-request.js';
import { toModelMessages } from './ui-messages.js';

const messagesOf = (...messages: object[]): UiMessage[] =>
  aiSdkChatRequest.parse({ id: 'c', messages: messages.map((message) => ({ id: 'm', ...message })) })
    .messages;
const user = (...parts: object[]) => messagesOf({ role: 'user', parts });
const assistant = (...parts: object[]) => messagesOf({ role: 'assistant', parts });
const text = (value: string) => ({ type: 'text', text: value });
const call = (toolCallId: string, fields: object) => ({
  type: 'dynamic-tool',
  toolName: 's__t',
  toolCallId,
  input: { x: 1 },
  ...fields,
});

describe('toModelMessages', () => {
  test('[AISDK-02] makes one message of a step, with its calls and their outcomes', () => {
    const parts = [
      { type: 'step-start' },
      { type: 'reasoning', text: 'hm' },
      text('Look'),
      text('ing.'),
      call('a', { state: 'output-available', output: { sum: 5 } }),
      call('b', { type: 'tool-weather', state: 'output-error', errorText: 'No.' }),
      call('c', { state: 'output-denied' }),
      { type: 'step-start' },
      text('It is 5.'),
      { type: 'data-error', data: {} },
      { type: 'source-url', sourceId: 's', url: 'https://example.com' },
    ];
    const named = (id: string, name: string) => ({
      id,
      type: 'function',
      function: { name, arguments: '{"x":1}' },
    });
    expect(toModelMessages(assistant(...parts))).toEqual([
      {
        role: 'assistant',
        content: 'Looking.',
        tool_calls: [named('a', 's__t'), named('b', 'weather'), named('c', 's__t')],
      },
      { role: 'tool', tool_call_id: 'a', content: '{"sum":5}' },
      { role: 'tool', tool_call_id: 'b', content: 'No.' },
      { role: 'tool', tool_call_id: 'c', content: 'The user did not allow this call.' },
      { role: 'assistant', content: 'It is 5.' },
    ]);
  });

  test.each([
    ['still writing', { state: 'input-streaming', input: undefined, rawInput: '{"x"' }, '{}'],
    ['without an outcome', { state: 'input-available' }, '{"x":1}'],
    ['with a preliminary outcome', { state: 'output-available', preliminary: true, output: 1 }, '{"x":1}'],
  ])('[AISDK-02] keeps a call whole that is %s', (_name, fields, args) => {
    expect(toModelMessages(assistant(call('a', fields)))).toEqual([
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 's__t', arguments: args } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'This call has no result.' },
    ]);
  });

  test('[AISDK-02] leaves out an answer that says nothing', () => {
    expect(toModelMessages(assistant({ type: 'step-start' }, { type: 'reasoning', text: 'hm' }))).toEqual([]);
  });

  test('[AISDK-01] sends images by address, and files as they are', () => {
    const image = { type: 'file', mediaType: 'image/png', url: 'https://example.com/a.png' };
    const sound = { type: 'file', mediaType: 'audio/mpeg', url: 'data:audio/mpeg;base64,AA==' };
    const paper = {
      type: 'file',
      mediaType: 'application/pdf',
      filename: 'a.pdf',
      url: 'data:application/pdf;base64,BB==',
    };
    expect(toModelMessages(user(text('See'), image, sound, paper))).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image_url', image_url: { url: image.url } },
          { type: 'input_audio', input_audio: { data: 'AA==', format: 'mp3' } },
          { type: 'file', file: { file_data: paper.url, filename: 'a.pdf' } },
        ],
      },
    ]);
  });

  test('[AISDK-01] refuses a file that no model could be sent', () => {
    const linked = { type: 'file', mediaType: 'application/pdf', url: 'https://example.com/a.pdf' };
    expect(() => toModelMessages(user(linked))).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter' } satisfies Partial<MillraceError>),
    );
  });
});
