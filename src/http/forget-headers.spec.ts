import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forgetHeaders } from './forget-headers.js';

describe('forgetHeaders', () => {
  it('lets headers go that are sent, and none before; what follows of the message is as it was', async () => {
    const names: string[][] = [];
    const server = createServer((_, response) => {
      response.setHeader('x-one', '1');
      forgetHeaders(response);
      names.push(response.getHeaderNames());
      response.writeHead(200, { 'x-two': '2' });
      response.flushHeaders();
      forgetHeaders(response);
      names.push(response.getHeaderNames());
      response.write('some');
      response.end(' text');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const asked = request({ port: (server.address() as AddressInfo).port, method: 'POST' });
    asked.setHeader('x-asked', 'yes');
    asked.flushHeaders();
    forgetHeaders(asked);
    const left = asked.getHeaderNames();
    asked.end('body');
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const text = (await answer.toArray()).join('');
    server.close();
    expect([left, ...names]).toEqual([[], ['x-one'], []]);
    expect([answer.headers['x-one'], answer.headers['x-two'], text]).toEqual(['1', '2', 'some text']);
  });
});
