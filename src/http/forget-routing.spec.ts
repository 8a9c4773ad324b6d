import express, { type NextFunction, type Request, type Response } from 'express';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forgetRouting } from './forget-routing.js';

describe('forgetRouting', () => {
  it('leaves a request that can be asked where it came from, and a response that goes on', async () => {
    const app = express().get('/streams/:id', (request: Request, response: Response, next: NextFunction) => {
      forgetRouting(request, response);
      response.write(`${request.path} ${JSON.stringify(request.query)} `);
      response.end(JSON.stringify([request.params, response.locals, typeof next]));
    });
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/streams/7?a=1`);
    expect(await answer.text()).toBe('/streams/7 {"a":"1"} [{},{},"function"]');
    server.close();
  });
});
