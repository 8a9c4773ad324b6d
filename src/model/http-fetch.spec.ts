import { EventEmitter, getEventListeners, once } from 'node:events';
import { createServer } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { httpFetch, incomingMessage } from './http-fetch.js';

describe('httpFetch', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }
  async function bodyOf(response: Response): Promise<string> {
    let text = '';
    for await (const chunk of incomingMessage(response)!) text += String(chunk);
    return text;
  }

  it('sends method, headers and body, asks for no compression, and gives the answer as it comes', async () => {
    const url = await serve((request, response) => {
      void (async () => {
        let body = '';
        for await (const chunk of request) body += String(chunk);
        response.writeHead(201, { 'x-answer': ['a', 'b'] });
        response.end(
          JSON.stringify([request.method, request.headers['x-a'], request.headers['accept-encoding'], body]),
        );
      })();
    });
    const response = await httpFetch(url, { method: 'POST', headers: { 'x-a': '1' }, body: '你好' });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-answer')).toBe('a, b');
    expect(JSON.parse(await bodyOf(response))).toEqual(['POST', '1', 'identity', '你好']);
  });

  it('says how long the body is, and nothing of the machine that it runs on', async () => {
    const url = await serve((request, response) => response.end(JSON.stringify(request.rawHeaders)));
    const headers = { 'x-stainless-os': 'Linux', 'x-a': '1' };
    const sent = async (init: RequestInit) =>
      JSON.parse((await bodyOf(await httpFetch(url, init))).toLowerCase()) as string[];
    const post = await sent({ method: 'POST', headers, body: '你好' });
    expect(post.slice(post.indexOf('content-length'))[1]).toBe('6');
    expect(post).toContain('x-a');
    expect(post).not.toContain('x-stainless-os');
    expect(post).not.toContain('transfer-encoding');
    const empty = await sent({ method: 'POST' });
    expect(empty).not.toContain('transfer-encoding');
  });

  it('has no listener of the request left once its answer has begun, but for one that ignores what breaks later', async () => {
    let cut = (): void => undefined;
    const url = await serve((request, response) => {
      response.write('a');
      cut = () => request.socket.resetAndDestroy();
    });
    const message = incomingMessage(await httpFetch(url))! as unknown as {
      req: ClientRequest;
    } & EventEmitter;
    expect(message.req.listenerCount('response')).toBe(0);
    const broken = once(message, 'error');
    (message as unknown as IncomingMessage).resume();
    cut();
    await broken;
  });

  it('reads the body of an error, but not without end', async () => {
    let left: Promise<unknown> | undefined;
    const url = await serve((_, response) => {
      left = once(response, 'close');
      response.writeHead(500);
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', write);
      write();
    });
    const response = await httpFetch(url);
    expect(response.status).toBe(500);
    expect(await response.text()).toHaveLength(64 * 1024);
    await left;
  });

  it('takes an error without a body', async () => {
    const url = await serve((_, response) => response.writeHead(304).end());
    expect((await httpFetch(url)).status).toBe(304);
  });

  it('sends again, at once, what met a connection that the server had just closed', async () => {
    const sockets = new Set<Socket>();
    let requests = 0;
    const url = await serve((request, response) => {
      requests += 1;
      if (sockets.has(request.socket)) request.socket.resetAndDestroy();
      else response.end('fine');
      sockets.add(request.socket);
    });
    expect(await bodyOf(await httpFetch(url))).toBe('fine');
    expect(await bodyOf(await httpFetch(url))).toBe('fine');
    expect(requests).toBe(3);
  });

  it('rejects when a new connection is reset', async () => {
    const url = await serve((request) => request.socket.resetAndDestroy());
    await expect(httpFetch(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('closes the socket on an abort before the answer, and leaves nothing at the signal', async () => {
    let closed: Promise<unknown> | undefined;
    const url = await serve(({ socket }) => {
      closed = new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
      server!.emit('asked');
    });
    const abort = new AbortController();
    const asked = once(server!, 'asked');
    const failure = httpFetch(url, { signal: abort.signal }).catch((error: unknown) => error);
    await asked;
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
    abort.abort();
    await closed;
    expect(await failure).toMatchObject({ name: 'AbortError' });
    await expect(httpFetch(url, { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('closes the socket on an abort while the body of an error is read', async () => {
    let closed: Promise<unknown> | undefined;
    const url = await serve(({ socket }, response) => {
      closed = new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
      response.writeHead(500).write('the beginning of a text');
    });
    const abort = new AbortController();
    const failure = httpFetch(url, { signal: abort.signal }).catch((error: unknown) => error);
    // Long enough for the beginning to be there.
    await new Promise((resolve) => setTimeout(resolve, 50));
    abort.abort();
    await closed;
    expect(await failure).toMatchObject({ code: 'ECONNRESET' });
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('an abort after the answer does nothing: whoever reads the body closes it', async () => {
    const url = await serve((_, response) => response.end('fine'));
    const abort = new AbortController();
    const answer = await httpFetch(url, { signal: abort.signal });
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
    abort.abort();
    expect(await bodyOf(answer)).toBe('fine');
  });
});
