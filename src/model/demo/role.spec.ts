import type { ModelTool } from '../model-client.js';
import { demoAnswer } from './answer.js';

const tool = (name: string, description: string): ModelTool => ({
  type: 'function',
  function: { name, description, parameters: { type: 'object', properties: {} } },
});
const asked = (system: string, prompt: string) => [
  { role: 'system' as const, content: system },
  { role: 'user' as const, content: prompt },
];

describe('the demo model with instructions of its own', () => {
  it('says what they are and what it was given', () => {
    const { text, calls } = demoAnswer(asked('You argue for it. Be brief.', 'Tea or *coffee*?'), []);
    expect(text).toMatch(/^\*\*You argue for it\.\*\*\n/);
    expect(text).toContain('> Tea or coffee?');
    expect(calls).toEqual([]);
    expect(demoAnswer(asked('你持支持立场。', 'Tea?'), []).text).toContain('这是我在这里的任务');
  });

  it('still uses the clock and the calculator', () => {
    const { calls } = demoAnswer(asked('You are brief.', 'What is 2 + 2?'), [tool('builtin__calculate', '')]);
    expect(calls).toHaveLength(1);
  });

  it('hands over where it may, to the first of the nodes', () => {
    const tools = [tool('transfer_to_Writer_1', 'Transfer to Writer 1. Writes.'), tool('transfer_to_b', '')];
    const { text, calls } = demoAnswer(asked('You review.', 'A text'), tools);
    expect(calls).toMatchObject([{ name: 'transfer_to_Writer_1', args: '{}' }]);
    expect(text).toContain('I pass it on to *Writer 1*');
    expect(demoAnswer([{ role: 'user', content: 'A text' }], tools).calls).toHaveLength(1);
  });

  it('asks another agent that it may ask, the one that fits best', () => {
    const tools = [
      tool('agent__writer', '[Agent:writer] Writes poems.'),
      tool('agent__counter', '[Agent:counter] Counts apples.'),
      tool('builtin__calculate', ''),
    ];
    expect(demoAnswer(asked('You lead.', 'How many apples are there?'), tools).calls).toEqual([
      {
        id: expect.any(String),
        name: 'agent__counter',
        args: JSON.stringify({ task: 'How many apples are there?' }),
      },
    ]);
    expect(demoAnswer(asked('You lead.', '2 + 2'), tools).calls).toMatchObject([
      { name: 'builtin__calculate' },
    ]);
  });

  it('quotes no more than the beginning of long texts', () => {
    const { text } = demoAnswer(asked('x'.repeat(9999), 'y'.repeat(9999)), []);
    expect(text.length).toBeLessThan(1000);
  });
});
