/** TanStack AI: `chat` sent by `toServerSentEventsResponse`. */
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { chat, toServerSentEventsResponse } from '@tanstack/ai';
import { createOpenaiChatCompletions } from '@tanstack/ai-openai';
import { jsonOf } from '../lib/json-of.js';

const server = createServer(async (request, response) => {
  const { model } = await jsonOf(request);
  const adapter = createOpenaiChatCompletions(model, 'none', { baseURL: `${process.env.UPSTREAM}/v1` });
  const answer = toServerSentEventsResponse(chat({ adapter, messages: [{ role: 'user', content: 'go' }] }));
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  Readable.fromWeb(answer.body).pipe(response);
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
