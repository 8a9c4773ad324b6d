/** The practical floor: passes the upstream's bytes on as they are. */
import { Agent, createServer, request as httpRequest } from 'node:http';

const upstream = process.env.UPSTREAM;
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
const server = createServer((request, response) => {
  const relay = httpRequest(
    `${upstream}/v1/chat/completions`,
    { agent, method: 'POST', headers: { 'content-type': 'application/json' } },
    (answer) => {
      response.writeHead(answer.statusCode, { 'content-type': 'text/event-stream' });
      answer.pipe(response);
    },
  );
  relay.on('error', () => response.destroy());
  request.pipe(relay);
  response.on('close', () => relay.destroy());
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
