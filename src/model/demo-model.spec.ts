import { lastValueFrom, toArray } from 'rxjs';
import { demoFetch } from './demo-model.js';
import type { ModelDelta, ModelMessage, ModelTool } from './model-client.js';
import { ModelRegistry } from './model-registry.js';
import { OpenAiModelClient } from './openai-model-client.js';
import { oneByOne } from './testing/one-by-one.js';

const models = new ModelRegistry([{ name: 'demo', base_url: 'demo:', model: 'demo' }]);
const clientOf = (demo: typeof fetch) =>
  new OpenAiModelClient(models, {
    clocks: { firstChunkMs: 5000, gapMs: 5000 },
    retries: { maxRetries: 0, baseMs: 1, random: () => 0 },
    demo,
  });
const atOnce = demoFetch({ minMs: 0, maxMs: 0 });

const tool = (name: string, properties: object): ModelTool => ({
  type: 'function',
  function: { name, description: '', parameters: { type: 'object', properties } },
});
const builtIns = [
  tool('builtin__current_time', { time_zone: { type: 'string' } }),
  tool('builtin__calculate', { expression: { type: 'string' } }),
];

async function say(prompt: string | ModelMessage[], tools: ModelTool[] = []) {
  const messages = typeof prompt === 'string' ? [{ role: 'user' as const, content: prompt }] : prompt;
  const batches = await lastValueFrom(
    clientOf(atOnce).stream({ model: 'demo', messages, tools }).pipe(toArray()),
  );
  const deltas = oneByOne(batches.flat());
  const joined = (type: 'text' | 'reasoning') =>
    deltas.map((delta) => (delta.type === type ? delta.delta : '')).join('');
  const calls: { id?: string; name?: string; args: string }[] = [];
  for (const delta of deltas) {
    if (delta.type !== 'tool_call') continue;
    const call = (calls[delta.index] ??= { args: '' });
    call.id ??= delta.id;
    call.name ??= delta.name;
    call.args += delta.args;
  }
  return { deltas, text: joined('text'), reasoning: joined('reasoning'), calls };
}

describe('[MODEL-05] the demo model', () => {
  it('reasons, then explains Millrace with a heading, a list, a table, code and a formula, and says what it is', async () => {
    const { text, reasoning, deltas } = await say('hello');
    expect(reasoning).toContain('“hello”');
    expect(reasoning).toContain('scripted model');
    expect(text).toMatch(/^## /);
    expect(text).toMatch(/^1\. /m);
    expect(text).toMatch(/^\| --- \| --- \|$/m);
    expect(text).toMatch(/^```bash$/m);
    expect(text).toMatch(/^\$\$$/m);
    expect(text).toContain('scripted model');
    expect(deltas.at(-2)).toEqual({ type: 'finish', finish_reason: 'stop' });
    const types = deltas.map(({ type }) => type);
    expect(types.indexOf('text')).toBeGreaterThan(types.lastIndexOf('reasoning'));
  });

  it('speaks in pieces of 3 to 8 characters, and the last of a part may be shorter', async () => {
    const { deltas } = await say('hello');
    const lengths = deltas.flatMap((delta) =>
      delta.type === 'text' ? [Array.from(delta.delta).length] : [],
    );
    expect(Math.max(...lengths)).toBe(8);
    expect(Math.min(...lengths.slice(0, -1))).toBe(3);
  });

  it('counts words as its usage', async () => {
    const { deltas, text, reasoning } = await say('three short words');
    const usage = deltas.at(-1) as Extract<ModelDelta, { type: 'usage' }>;
    expect(usage.usage.input_tokens).toBe(3);
    expect(usage.usage.reasoning_tokens).toBeGreaterThan(20);
    expect(usage.usage.output_tokens).toBeGreaterThan(usage.usage.reasoning_tokens!);
    expect(usage.usage.output_tokens).toBeLessThan((text + reasoning).length / 2);
  });

  it('says the same to the same prompt', async () => {
    const [first, second] = [await say('hello'), await say('hello')];
    expect(second.deltas).toEqual(first.deltas);
    expect((await say('hello!')).deltas).not.toEqual(first.deltas);
  });

  it('answers in Chinese when asked in Chinese', async () => {
    const { text, reasoning } = await say('你好，Millrace 是什么？');
    expect(text).toContain('我是 **demo**，一个按脚本回答的模型');
    expect(reasoning).toContain('你好');
  });

  it.each(['write a long answer', '写一个长回答'])('has about a minute to say to “%s”', async (prompt) => {
    const { deltas, text } = await say(prompt);
    const seconds = deltas.length * 0.02;
    expect(seconds).toBeGreaterThan(50);
    expect(seconds).toBeLessThan(80);
    const numbers = [...text.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
    expect(numbers.length).toBeGreaterThan(150);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  describe('with tools', () => {
    it('calls the clock and the calculator in one step when it needs both', async () => {
      const { calls, text, deltas } = await say(
        'What time is it in Tokyo, and what is 12 * (3 + 4)?',
        builtIns,
      );
      expect(calls.map(({ name, args }) => [name, JSON.parse(args)])).toEqual([
        ['builtin__current_time', { time_zone: 'Asia/Tokyo' }],
        ['builtin__calculate', { expression: '12 * (3 + 4)' }],
      ]);
      expect(text).toBe('');
      expect(deltas.at(-2)).toEqual({ type: 'finish', finish_reason: 'tool_calls' });
    });

    it('passes on the results in the next step', async () => {
      const user: ModelMessage = { role: 'user', content: '3 plus 4?' };
      const first = await say([user], builtIns);
      const [{ id, name, args }] = first.calls as [{ id: string; name: string; args: string }];
      const { calls, text, deltas } = await say(
        [
          user,
          {
            role: 'assistant',
            content: '',
            tool_calls: [{ id, type: 'function', function: { name, arguments: args } }],
          },
          { role: 'tool', tool_call_id: id, content: 'seven ``` is 7' },
        ],
        builtIns,
      );
      expect(calls).toEqual([]);
      expect(text).toContain('**builtin__calculate** `{"expression":"3 + 4"}`');
      expect(text).toContain('````text\nseven ``` is 7\n````');
      expect(deltas.at(-2)).toEqual({ type: 'finish', finish_reason: 'stop' });
    });

    it('gives each call of a conversation its own id', async () => {
      const first = await say('1 + 1', builtIns);
      const earlier: ModelMessage[] = [
        { role: 'user', content: '1 + 1' },
        { role: 'assistant', content: '2' },
      ];
      const second = await say([...earlier, { role: 'user', content: '1 + 2' }], builtIns);
      expect(second.calls[0]?.id).not.toBe(first.calls[0]?.id);
    });

    it('gives only arguments that the schema knows', async () => {
      const { calls } = await say('the time in Paris?', [tool('clock__current_time', {})]);
      expect(calls).toMatchObject([{ name: 'clock__current_time', args: '{}' }]);
    });

    it('says how to switch the tools on when they are not offered', async () => {
      expect((await say('what time is it?')).text).toContain('built-in tools');
      expect((await say('现在几点？')).text).toContain('内置');
    });
  });

  it('hands a question over to the node that says that it is its own, or else to the first', async () => {
    const handoffs = ['guide: Everything else.', 'clock: The time and the date.', 'sums: 1 + 1'].map(
      (text) => {
        const [name, description] = text.split(': ');
        return {
          type: 'function' as const,
          function: { name: `transfer_to_${name}`, description, parameters: {} },
        };
      },
    );
    const chosen = async (prompt: string) =>
      (
        await say(
          [
            { role: 'system', content: 'You choose.' },
            { role: 'user', content: prompt },
          ],
          handoffs,
        )
      ).calls[0]?.name;
    expect(await chosen('Which date is it?')).toBe('transfer_to_clock');
    expect(await chosen('3 + 4?')).toBe('transfer_to_sums');
    expect(await chosen('Who are you?')).toBe('transfer_to_guide');
  });

  it('takes its time between two pieces, and waits no more when nobody listens any more', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    let pieces = 0;
    const pace = {
      maxMs: 2,
      get minMs() {
        return pieces < 3 ? 1 : 60_000;
      },
    };
    const request = { model: 'demo', messages: [{ role: 'user' as const, content: 'hello' }], tools: [] };
    const sizes: number[] = [];
    const stopped = await new Promise<number>((resolve, reject) => {
      const subscription = clientOf(demoFetch(pace))
        .stream(request)
        .subscribe({
          next: (batch) => {
            sizes.push(batch.length);
            pieces += 1;
            if (pieces === 3) setTimeout(() => setImmediate(check), 20);
          },
          error: reject,
        });
      const check = () => {
        const waiting = timers();
        subscription.unsubscribe();
        setImmediate(() => resolve(waiting - timers()));
      };
    });
    // The clock of the client and the wait of the model.
    expect(stopped).toBe(2);
    // The first batch also holds the response id.
    expect(sizes.slice(0, 3)).toEqual([2, 1, 1]);
    expect(sizes.length).toBeLessThan(6);
  });
});
