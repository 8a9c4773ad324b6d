import type { MillraceError } from '../protocol/error-code.js';
import { newMessages, toModelMessages } from './input-messages.js';
import { agUiRunRequest } from './run-request.js';

const RUN = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const messagesOf = (...messages: object[]) =>
  agUiRunRequest.parse({
    threadId: 't',
    runId: 'r',
    messages: messages.map((message, at) => ({ id: `m${at}`, ...message })),
  }).messages;
const user = (content: unknown) => ({ role: 'user', content });
const call = (id: string, args = '{}') => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: args },
});
const calling = (...toolCalls: object[]) => ({ id: `${RUN}.msg`, role: 'assistant', toolCalls });
const result = (toolCallId: string, fields: object = {}) => ({
  role: 'tool',
  toolCallId,
  content: '5',
  ...fields,
});

describe('toModelMessages', () => {
  test('[AGUI-01] tells calls with their results, by the ids that the model gave, wherever the results stand', () => {
    const messages = messagesOf(
      { role: 'developer', content: 'Be kind.' },
      user('Hi'),
      { role: 'reasoning', content: 'hm' },
      calling(call(`${RUN}.a`, '{"x":1}'), call(`${RUN}.b`, '{bad'), call('own')),
      { role: 'activity', activityType: 'x', content: {} },
      user('And?'),
      result(`${RUN}.b`, { content: '', error: 'It broke.' }),
      result(`${RUN}.a`, { content: [{ type: 'text', text: 'six' }] }),
      result('nobodys'),
      { role: 'assistant', content: null },
    );
    const named = (id: string, args: string) => ({
      id,
      type: 'function',
      function: { name: 'f', arguments: args },
    });
    expect(toModelMessages(messages)).toEqual([
      { role: 'developer', content: 'Be kind.' },
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: '',
        tool_calls: [named('a', '{"x":1}'), named('b', '{}'), named('own', '{}')],
      },
      { role: 'tool', tool_call_id: 'a', content: 'six' },
      { role: 'tool', tool_call_id: 'b', content: 'It broke.' },
      { role: 'tool', tool_call_id: 'own', content: 'This call has no result.' },
      { role: 'user', content: 'And?' },
    ]);
  });

  test('[AGUI-01] sends what is not text in the form of providers', () => {
    const data = (mimeType: string) => ({ type: 'data', value: 'AA==', mimeType });
    const parts = [
      { type: 'text', text: 'See' },
      { type: 'image', source: { type: 'url', value: 'https://example.com/a.png' } },
      { type: 'audio', source: data('audio/wav') },
      { type: 'document', source: data('application/pdf') },
      { type: 'binary', mimeType: 'image/png', data: 'BB==' },
    ];
    expect(toModelMessages(messagesOf(user(parts)))).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,AA==', filename: 'file' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,BB==' } },
        ],
      },
    ]);
    const linked = { type: 'video', source: { type: 'url', value: 'https://example.com/a.mp4' } };
    expect(() => toModelMessages(messagesOf(user([linked])))).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter' } satisfies Partial<MillraceError>),
    );
  });
});

describe('newMessages', () => {
  const asking = [user('Hi'), calling(call(`${RUN}.a`))];

  test.each([
    ['a question', [user('Hi')], [{ role: 'user', content: 'Hi' }]],
    ['the last of several', [user('Hi'), user('Well?')], [{ role: 'user', content: 'Well?' }]],
    [
      'the result of a tool of the client',
      [...asking, result(`${RUN}.a`)],
      [{ role: 'tool', tool_call_id: 'a', content: '5', status: 'ok' }],
    ],
    [
      'one that failed, and a question',
      [...asking, result(`${RUN}.a`, { error: 'No.', content: '' }), user('So?')],
      [
        { role: 'tool', tool_call_id: 'a', content: 'No.', status: 'error' },
        { role: 'user', content: 'So?' },
      ],
    ],
    ['nothing after an answer', [user('Hi'), { id: `${RUN}.m`, role: 'assistant', content: 'Hello' }], []],
    [
      'nothing after the result of a tool of the server',
      [...asking, { ...result(`${RUN}.a`), id: `${RUN}.r` }],
      [],
    ],
    ['nothing in no messages', [], []],
  ])('[AGUI-02] finds %s', (_name, messages, expected) => {
    expect(newMessages(messagesOf(...messages))).toEqual(expected);
  });
});
