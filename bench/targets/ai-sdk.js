/** AI SDK: `streamText`, sent as a UI message stream, as its guide for Node servers does. */
import { createServer } from 'node:http';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { pipeUIMessageStreamToResponse, streamText, toUIMessageStream } from 'ai';
import { jsonOf } from '../lib/json-of.js';

const provider = createOpenAICompatible({
  name: 'bench',
  apiKey: 'none',
  baseURL: `${process.env.UPSTREAM}/v1`,
});
const server = createServer(async (request, response) => {
  const { model } = await jsonOf(request);
  const result = streamText({ model: provider(model), prompt: 'go' });
  pipeUIMessageStreamToResponse({ response, stream: toUIMessageStream({ stream: result.stream }) });
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
