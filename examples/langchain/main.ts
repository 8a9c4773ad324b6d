import { HumanMessage, type ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import assert from 'node:assert/strict';
import { z } from 'zod';

const url = process.env['MILLRACE_URL'] ?? 'http://localhost:3000';
const key = process.env['MILLRACE_KEY'] ?? 'none';

const model = new ChatOpenAI({ model: 'demo', apiKey: key, configuration: { baseURL: `${url}/v1` } });
const question = new HumanMessage('What is 17 * 23?');

// The server's own tools, by the names of its MCP servers.
const withServers = new ChatOpenAI({
  model: 'demo',
  apiKey: key,
  configuration: { baseURL: `${url}/v1` },
  modelKwargs: { mcp_servers: ['builtin'] },
});
let answer = '';
for await (const chunk of await withServers.stream([question])) answer += chunk.text;
assert.match(answer, /391/);

// Tools of the client's.
const calculate = tool(({ expression }) => `${expression} is 391, says LangChain`, {
  name: 'calculate',
  description: 'Calculates an expression.',
  schema: z.object({ expression: z.string() }),
});
const asked = await model.bindTools([calculate]).invoke([question]);
const results: ToolMessage[] = [];
for (const call of asked.tool_calls ?? []) results.push(await calculate.invoke(call));
const final = await model.invoke([question, asked, ...results]);
assert.match(final.text, /17 \* 23 is 391, says LangChain/);
