/** What most Node servers do: the `openai` package's iterator, written by Express. */
import express from 'express';
import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: 'none', baseURL: `${process.env.UPSTREAM}/v1` });
const app = express();
app.use(express.json());
app.post('/chat', async (request, response) => {
  const { model } = request.body;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const stream = await openai.chat.completions.create({
    model,
    stream: true,
    messages: [{ role: 'user', content: 'go' }],
  });
  response.on('close', () => stream.controller.abort());
  for await (const chunk of stream) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  response.end('data: [DONE]\n\n');
});
const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
