import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, isStepCount, jsonSchema, streamText, tool } from 'ai';
import assert from 'node:assert/strict';

const url = process.env['MILLRACE_URL'] ?? 'http://localhost:3000';
const key = process.env['MILLRACE_KEY'] ?? 'none';

const millrace = createOpenAICompatible({
  name: 'millrace',
  baseURL: `${url}/v1`,
  apiKey: key,
  includeUsage: true,
});
const prompt = 'What is 17 * 23?';

// The server's own tools, by the names of its MCP servers.
const { textStream } = streamText({
  model: millrace('demo'),
  prompt,
  providerOptions: { millrace: { mcp_servers: ['builtin'] } },
});
let answer = '';
for await (const piece of textStream) answer += piece;
assert.match(answer, /391/);

// Tools of the client's: the AI SDK calls them and goes on.
const calculate = tool({
  description: 'Calculates an expression.',
  inputSchema: jsonSchema<{ expression: string }>({
    type: 'object',
    properties: { expression: { type: 'string' } },
  }),
  execute: ({ expression }) => `${expression} is 391, says the AI SDK`,
});
const { text, totalUsage } = await generateText({
  model: millrace('demo'),
  prompt,
  tools: { calculate },
  stopWhen: isStepCount(3),
});
assert.match(text, /17 \* 23 is 391, says the AI SDK/);
assert.ok((totalUsage.totalTokens ?? 0) > 0);
