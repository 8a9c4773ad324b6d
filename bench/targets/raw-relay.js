/** The practical floor: passes the upstream's bytes on as they are. */
import { createServer, request as httpRequest } from 'node:http';

const upstream = process.env.UPSTREAM;
const server = createServer((request, response) => {
  const relay = httpRequest(
    `${upstream}/v1/chat/completions`,
    { method: 'POST', headers: { 'content-type': 'application/json' } },
    (answer) => {
      response.writeHead(answer.statusCode, { 'content-type': 'text/event-stream' });
      answer.pipe(response);
    },
  );
  request.pipe(relay);
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
