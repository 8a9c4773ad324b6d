import assert from 'node:assert/strict';
import OpenAI from 'openai';

const url = process.env['MILLRACE_URL'] ?? 'http://localhost:3000';
const key = process.env['MILLRACE_KEY'] ?? 'none';

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key });
const question = { role: 'user', content: 'What is 17 * 23?' } as const;

// The server's own tools, by the names of its MCP servers: they run there, and only the answer comes.
const stream = await client.chat.completions.create({
  model: 'demo',
  messages: [question],
  stream: true,
  ...{ mcp_servers: ['builtin'] },
});
let answer = '';
for await (const chunk of stream) answer += chunk.choices[0]?.delta.content ?? '';
assert.match(answer, /391/);

// Tools of the client's: the model asks for them, and runTools calls them here.
const runner = client.chat.completions.runTools({
  model: 'demo',
  messages: [question],
  tools: [
    {
      type: 'function',
      function: {
        name: 'calculate',
        description: 'Calculates an expression.',
        parameters: { type: 'object', properties: { expression: { type: 'string' } } },
        parse: (text: string) => JSON.parse(text) as { expression: string },
        function: ({ expression }: { expression: string }) => `${expression} is three hundred and ninety-one`,
      },
    },
  ],
});
assert.match((await runner.finalContent()) ?? '', /17 \* 23 is three hundred and ninety-one/);

// Errors have their status, code and field.
const refused = await client.chat.completions
  .create({ model: 'nope', messages: [question] })
  .catch((error: unknown) => error);
assert.ok(refused instanceof OpenAI.NotFoundError);
assert.equal(refused.code, 'model_not_found');
