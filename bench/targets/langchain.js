/** LangChain.js: `ChatOpenAI.stream`, each piece of text as a frame. */
import { createServer } from 'node:http';
import { ChatOpenAI } from '@langchain/openai';
import { jsonOf } from '../lib/json-of.js';

const server = createServer(async (request, response) => {
  const { model } = await jsonOf(request);
  const chat = new ChatOpenAI({
    model,
    apiKey: 'none',
    streaming: true,
    configuration: { baseURL: `${process.env.UPSTREAM}/v1` },
  });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for await (const chunk of await chat.stream('go'))
    response.write(`data: ${JSON.stringify({ text: chunk.content })}\n\n`);
  response.end('data: [DONE]\n\n');
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
