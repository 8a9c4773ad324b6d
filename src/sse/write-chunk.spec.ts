import { once } from 'node:events';
import { createServer, get, Agent, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { writeChunk } from './write-chunk.js';

const texts = [
  'data: a\n\n',
  '',
  `data: ${'水'.repeat(5000)}\n\n`,
  ': hb\n',
  `data: ${'x'.repeat(100_000)}\n\n`,
];

const answer: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  for (const text of texts) writeChunk(response, text);
  response.end('data: last\n\n');
};
const whole = `${texts.join('')}data: last\n\n`;

let server: Server;

async function listen(listener: RequestListener): Promise<number> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function textOf(port: number, agent: Agent): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent }, resolve).on('error', reject);
  });
  response.setEncoding('utf8');
  let text = '';
  for await (const piece of response) text += piece as string;
  return text;
}

/** Everything that the server sends for a request written by hand. */
async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write(request));
  let text = '';
  for await (const piece of socket.setEncoding('utf8')) text += piece as string;
  return text;
}

describe('writeChunk', () => {
  test('arrives as `write` does, and the connection serves the next request', async () => {
    const port = await listen(answer);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect([await textOf(port, agent), await textOf(port, agent)]).toEqual([whole, whole]);
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
    agent.destroy();
  });

  test('sends nothing else than Node would', async () => {
    const request = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';
    const ours = await raw(await listen(answer), request);
    server.close();
    const nodes = await raw(
      await listen((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const text of texts) response.write(text);
        response.end('data: last\n\n');
      }),
      request,
    );
    const body = (text: string) => text.slice(text.indexOf('\r\n\r\n'));
    expect(body(ours)).toBe(body(nodes));
  });

  test('frames nothing for HTTP/1.0, which knows no chunks', async () => {
    const port = await listen(answer);
    const text = await raw(port, 'GET / HTTP/1.0\r\n\r\n');
    expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe(whole);
  });

  test('keeps its place in a row of requests that were sent at once', async () => {
    const port = await listen((request, response) => {
      response.writeHead(200).flushHeaders();
      const write = () => {
        writeChunk(response, `${request.url} one\n`);
        response.end(`${request.url} two\n`);
      };
      // The first answer comes after the second.
      if (request.url === '/a') setTimeout(write, 50);
      else write();
    });
    const one = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nhost: a\r\n${more}\r\n`;
    const text = await raw(port, one('/a') + one('/b', 'connection: close\r\n'));
    expect(text.match(/\/[ab] (?:one|two)/g)).toEqual(['/a one', '/a two', '/b one', '/b two']);
  });

  test('says when the socket has to drain, and to whom the connection is gone', async () => {
    let full: boolean | undefined;
    let gone: boolean | undefined;
    const port = await listen((_request, response) => {
      response.writeHead(200).flushHeaders();
      full = writeChunk(response, 'x'.repeat(20_000_000));
      response.on('close', () => (gone = writeChunk(response, 'y')));
    });
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'));
    await once(socket, 'readable');
    socket.destroy();
    while (gone === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    expect([full, gone]).toEqual([false, false]);
  });
});
