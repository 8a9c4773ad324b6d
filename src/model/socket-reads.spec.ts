import { jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer, type TlsOptions } from 'node:tls';
import { agentFor } from './provider-agent.js';
import { tellReads, type SocketReader } from './socket-reads.js';

const key = Buffer.from('a key that both sides know');
/** TLS without certificates (RFC 4279). */
const shared = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const;
const serverKey: TlsOptions = { ...shared, pskCallback: () => key };
const clientKey = {
  ...shared,
  pskCallback: () => ({ psk: key, identity: 'a' }),
  checkServerIdentity: () => undefined,
};

describe.each([
  ['http:', () => createServer(), {}, 'connection'],
  ['https:', () => createSecureServer(serverKey), clientKey, 'secureConnection'],
])('a connection of the agent for %s', (protocol, serve, options, connected) => {
  let server: Server;
  let near: Socket;
  let far: Socket;
  let said: string[];
  const reader: SocketReader = { socketBytes: () => undefined, socketRead: () => said.push('|') };

  async function connect(): Promise<[near: Socket, far: Socket]> {
    const { port } = server.address() as AddressInfo;
    const opened = once(server, connected);
    const agent = agentFor(new URL(`${protocol}//127.0.0.1`));
    const socket = agent.createConnection({ host: '127.0.0.1', port, ...options }) as Socket;
    const [[its]] = (await Promise.all([opened, once(socket, 'connect')])) as [[Socket], unknown];
    return [socket, its];
  }
  async function send(text: string, [from, to] = [far, near]): Promise<void> {
    const read = once(to, 'data');
    from.write(text);
    await read;
    await nextTurn();
  }

  beforeEach(async () => {
    said = [];
    server = serve().listen(0, '127.0.0.1');
    await once(server, 'listening');
    [near, far] = await connect();
    near.on('data', (bytes: Buffer) => said.push(String(bytes)));
  });
  afterEach(() => {
    near.destroy();
    far.destroy();
    server.close();
  });

  it('tells of each read after its data, until nobody is to be told', async () => {
    await send('a');
    expect(tellReads(near, reader)).toBe(true);
    await send('b');
    await send('c');
    near.once('data', () => tellReads(near));
    await send('d');
    await send('e');
    expect(said).toEqual(['a', 'b', '|', 'c', '|', 'd', '|', 'e']);
  });

  it('ends as any other', async () => {
    await send('a');
    tellReads(near, reader);
    const ended = once(near, 'end');
    far.end('b');
    await ended;
    expect(said).toEqual(['a', 'b', '|']);
  });

  it('reads nothing while it is paused, and loses nothing', async () => {
    near.pause();
    far.write('a');
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    expect(said).toEqual([]);
    const read = once(near, 'data');
    near.resume();
    await read;
    expect(said).toEqual(['a']);
  });

  it('is not read for 4 ms when it was read too often, and then told of once', async () => {
    const real = ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'performance'] as const;
    jest.useFakeTimers({ doNotFake: [...real] });
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    try {
      await send('-');
      tellReads(near, reader);
      for (const letter of 'abcdefg') await send(letter);
      for (const letter of 'hij') far.write(letter);
      for (let turn = 0; turn < 20; turn += 1) await nextTurn();
      expect(said.join('')).toBe('-a|b|c|d|e|f|g|');
      jest.advanceTimersByTime(4);
      while (said.at(-1) !== '|' || !said.join('').includes('j')) await nextTurn();
      expect(said.join('')).toBe('-a|b|c|d|e|f|g|hij|');
    } finally {
      clock.mockRestore();
      jest.runOnlyPendingTimers();
      jest.useRealTimers();
    }
  });

  it('shares the memory that it reads into with the others', async () => {
    const [other, its] = await connect();
    let kept: Buffer | undefined;
    near.once('data', (bytes: Buffer) => (kept = bytes));
    other.on('data', () => undefined);
    await send('a');
    await send('b', [its, other]);
    expect(String(kept)).toBe('b');
    other.destroy();
    its.destroy();
  });

  it('can be asked to tell once it has read something, which another can not', async () => {
    expect(tellReads(near, reader)).toBe(false);
    far.on('data', () => undefined);
    await send('a', [near, far]);
    expect(tellReads(far, reader)).toBe(false);
  });
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
