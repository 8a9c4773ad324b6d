import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { httpFetch, incomingMessage } from './http-fetch.js';
import { readBody, type BodyObserver } from './response-body.js';

/** Says what it is told, in order. */
class Told implements BodyObserver {
  readonly said: string[] = [];
  readonly over: Promise<void>;
  #resolve!: () => void;

  constructor() {
    this.over = new Promise((resolve) => (this.#resolve = resolve));
  }

  bytes(chunk: Uint8Array): void {
    this.said.push(Buffer.from(chunk).toString());
  }
  read(): void {
    this.said.push('|');
  }
  end(): void {
    this.said.push('end');
    this.#resolve();
  }
  cut(): void {
    this.said.push('cut');
    this.#resolve();
  }
}

describe('readBody', () => {
  let server: Server;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }
  /** Reads an answer to its end. Says what the observer was told, and which socket it came from. */
  async function readAll(url: string, begun: () => void = () => undefined) {
    const response = await httpFetch(url);
    const socket: Socket = incomingMessage(response)!.socket;
    const told = new Told();
    readBody(response, told);
    begun();
    await told.over;
    return { said: told.said, socket };
  }

  const readerOf = (socket: Socket): unknown => {
    const reads = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'reads');
    return Reflect.get(Reflect.get(socket, reads!) as object, 'reader');
  };

  it('leaves the socket alone of an answer that came whole, and of one that has ended', async () => {
    let more: () => void = () => undefined;
    const url = await serve(({ url: path }, response) => {
      if (path === '/whole')
        return void response.writeHead(200, { 'transfer-encoding': 'chunked' }).end('all');
      response.write('a');
      more = () => response.end('b');
    });
    const whole = await readAll(`${url}whole`);
    expect(whole.said).toEqual(['all', 'end']);
    expect(readerOf(whole.socket)).toBeUndefined();

    const long = await readAll(url, () => setTimeout(more, 20));
    expect(long.said).toEqual(['a', '|', 'b', '|', 'end']);
    expect(long.socket).toBe(whole.socket);
    expect(readerOf(long.socket)).toBeUndefined();

    const again = await readAll(url, () => setTimeout(more, 20));
    expect(again.said).toEqual(['a', '|', 'b', '|', 'end']);
    expect(again.socket).toBe(whole.socket);
  });

  it('tells once of all chunks that came with the head', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200);
      response.socket!.cork();
      for (const text of ['a', 'b', 'c']) response.write(text);
      process.nextTick(() => response.socket!.uncork());
      // A read of its own, of nothing but the end.
      setTimeout(() => response.end(), 20);
    });
    const { said } = await readAll(url);
    expect(said).toEqual(['abc', '|', '|', 'end']);
  });

  it('tells once of all chunks that came in one read', async () => {
    let more: () => void = () => undefined;
    const url = await serve((_request, response) => {
      response.write('a');
      more = () => {
        response.socket!.write('1\r\nb\r\n1\r\nc\r\n1\r\nd\r\n0\r\n\r\n');
      };
    });
    const { said } = await readAll(url, () => setTimeout(more, 20));
    expect(said).toEqual(['a', '|', 'bcd', '|', 'end']);
  });

  it('holds a body back until somebody reads it', async () => {
    const url = await serve((_request, response) => {
      for (let chunk = 0; chunk < 300; chunk += 1) response.write('x'.repeat(1000));
      response.end();
    });
    const response = await httpFetch(url);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(incomingMessage(response)!.readableLength).toBeLessThan(200_000);
    const told = new Told();
    readBody(response, told);
    await told.over;
    expect(told.said.at(-1)).toBe('end');
    expect(told.said.join('').match(/x/g)).toHaveLength(300_000);
  });

  it.each([
    ['after the last chunk', 'transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n'],
    ['after a head that is all', 'content-length: 0\r\n\r\n'],
    ['after a body of known length', 'content-length: 1\r\n\r\na'],
  ])('uses no connection again on which more came than was asked for, %s', async (_where, answer) => {
    const more = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nfor me';
    const url = await serve(({ socket, url: path }) => {
      socket.write(`HTTP/1.1 200 OK\r\n${answer}${path === '/more' ? more : ''}`);
    });
    const [first, again] = [await readAll(url), await readAll(url)];
    expect(again.socket).toBe(first.socket);
    const odd = await readAll(`${url}more`);
    expect(odd.socket).toBe(first.socket);
    expect(odd.socket.destroyed).toBe(true);
    const next = await readAll(url);
    expect(next.said).toEqual(first.said);
    expect(next.socket).not.toBe(odd.socket);
  });

  it('parses what comes in no chunks as it was read', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 15 }).write('a\r\n\r\n');
      setTimeout(() => response.end('a\r\n\r\nb\r\n\r\n'), 20);
    });
    const { said } = await readAll(url);
    expect(said.filter((text) => text !== '|')).toEqual(['a\r\n\r\n', 'a\r\n\r\nb\r\n\r\n', 'end']);
  });
});
