import { assembleMessages } from './assemble-messages.js';

test('[CHAT-04] the first step sends the system prompt, the conversation and the prompt, in this order', () => {
  const history = [
    { role: 'user' as const, content: 'q' },
    { role: 'assistant' as const, reasoning_content: 'hm', content: 'a' },
  ];
  expect(assembleMessages(' Be kind. ', history, [{ role: 'user', content: 'next' }])).toEqual([
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'q' },
    { role: 'assistant', content: 'a' },
    { role: 'user', content: 'next' },
  ]);
});

test.each([undefined, '', ' \n'])(
  '[CHAT-04] a system prompt that is blank (%j) is not sent',
  (systemPrompt) => {
    expect(assembleMessages(systemPrompt, [], [{ role: 'user', content: 'q' }])).toEqual([
      { role: 'user', content: 'q' },
    ]);
  },
);
