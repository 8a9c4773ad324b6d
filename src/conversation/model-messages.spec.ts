import fc from 'fast-check';
import { modelMessages } from './model-messages.js';
import { sendableArguments } from './sendable-arguments.js';
import type { StoredMessage } from './stored-message.js';

const asking = (...ids: string[]): StoredMessage => ({
  role: 'assistant',
  reasoning_content: 'hm',
  content: '',
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 't', arguments: '{}' } })),
});
const tool = (tool_call_id: string): StoredMessage => ({
  role: 'tool',
  tool_call_id,
  content: tool_call_id,
  status: 'ok',
});
const user: StoredMessage = { role: 'user', content: 'q' };
const rolesOf = (history: StoredMessage[]) =>
  modelMessages(history).map((message) => (message.role === 'tool' ? message.tool_call_id : message.role));

describe('modelMessages', () => {
  test('[CHAT-04] sends no reasoning and no status', () => {
    expect(
      modelMessages([
        user,
        asking('a'),
        tool('a'),
        { role: 'assistant', reasoning_content: 'hm', content: 'x' },
      ]),
    ).toEqual([
      { role: 'user', content: 'q' },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 't', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'a' },
      { role: 'assistant', content: 'x' },
    ]);
  });

  test('[CHAT-04] repairs orphans: a call without a result gets one, a result without a call is dropped', () => {
    expect(rolesOf([user, asking('a', 'b'), tool('b'), user])).toEqual([
      'user',
      'assistant',
      'a',
      'b',
      'user',
    ]);
    expect(modelMessages([asking('a')])[1]).toMatchObject({
      role: 'tool',
      content: 'This call has no result.',
    });
    expect(rolesOf([tool('x'), user, tool('y'), asking('a'), tool('a'), tool('z'), user])).toEqual([
      'user',
      'assistant',
      'a',
      'user',
    ]);
  });

  test('[CHAT-04] results are sent in the order of the calls', () => {
    expect(rolesOf([asking('a', 'b'), tool('b'), tool('a')])).toEqual(['assistant', 'a', 'b']);
  });

  test('[CHAT-04] an answer that is only reasoning is not sent', () => {
    expect(modelMessages([user, { role: 'assistant', reasoning_content: 'hm', content: '' }])).toEqual([
      user,
    ]);
  });
});

describe('sendableArguments', () => {
  test.each(['{}', '{"a":[1,"二"]}', ' { "a" : 1 } '])('[TOOL-02] leaves %j as it is', (args) => {
    expect(sendableArguments(args)).toBe(args);
  });

  test.each(['', '{bad', '[]', 'null', '1', '"x"', '{"a":1}{'])('[TOOL-02] makes {} of %j', (args) => {
    expect(sendableArguments(args)).toBe('{}');
  });

  test('[TOOL-02] gives one JSON object, whatever the model wrote', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (args) => {
        const value: unknown = JSON.parse(sendableArguments(args));
        expect(typeof value === 'object' && value !== null && !Array.isArray(value)).toBe(true);
      }),
    );
  });
});
