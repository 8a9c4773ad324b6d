import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { readAsNode, readAtOnce } from './read-at-once.js';

describe('readAtOnce', () => {
  let server: Server;
  let near: Socket;
  let far: Socket;
  let said: string[];
  const reader = { socketRead: () => said.push('|') };

  beforeEach(async () => {
    said = [];
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    near = connect((server.address() as AddressInfo).port, '127.0.0.1');
    [far] = (await once(server, 'connection')) as [Socket];
    near.on('data', (bytes: Buffer) => said.push(String(bytes)));
  });
  afterEach(() => {
    near.destroy();
    far.destroy();
    server.close();
  });

  async function send(text: string): Promise<void> {
    const read = once(near, 'data');
    far.write(text);
    await read;
    await new Promise((resolve) => setImmediate(resolve));
  }

  it('tells of each read after its data, until it is ended, and leaves the end to Node', async () => {
    await send('a');
    expect(readAtOnce(near, reader)).toBe(true);
    await send('b');
    await send('c');
    readAsNode(near);
    await send('d');
    expect(said).toEqual(['a', 'b', '|', 'c', '|', 'd']);

    expect(readAtOnce(near, reader)).toBe(true);
    const ended = once(near, 'end');
    far.end('e');
    await ended;
    expect(said.slice(6)).toEqual(['e', '|']);
  });

  it('tells of the read in which it was ended, too', async () => {
    expect(readAtOnce(near, reader)).toBe(true);
    near.once('data', () => readAsNode(near));
    await send('a');
    await send('b');
    expect(said).toEqual(['a', '|', 'b']);
  });

  it('leaves a socket alone that rests, or holds something', async () => {
    near.pause();
    expect(readAtOnce(near, reader)).toBe(false);
    far.write('a');
    while (near.readableLength === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(readAtOnce(near, reader)).toBe(false);
    const read = once(near, 'data');
    near.resume();
    await read;
    await send('b');
    expect(said).toEqual(['a', 'b']);
  });
});
