import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { FaultProxy } from './fault-proxy.js';

/** A server that keeps what it hears, and does with a connection what the test says. */
class Peer {
  readonly sockets: Socket[] = [];
  heard = '';
  private constructor(private readonly server: Server) {}

  static async start(greet: (socket: Socket) => void = () => undefined): Promise<Peer> {
    const server = createServer({ allowHalfOpen: true });
    const peer = new Peer(server);
    server.on('connection', (socket) => {
      peer.sockets.push(socket);
      socket.on('error', () => undefined);
      socket.setEncoding('utf8').on('data', (text) => (peer.heard += String(text)));
      greet(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return peer;
  }

  get url(): string {
    return `tcp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** What a client of the proxy sees. */
class Caller {
  readonly pieces: Buffer[] = [];
  end: 'open' | 'fin' | 'rst' = 'open';
  #changed: (() => void)[] = [];

  constructor(readonly socket: Socket) {
    socket.on('data', (bytes) => this.#note(() => this.pieces.push(bytes)));
    socket.on('end', () => this.#note(() => (this.end = 'fin')));
    socket.on('error', () => this.#note(() => (this.end = 'rst')));
    socket.on('close', () => this.#note(() => undefined));
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString();
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  #note(change: () => void): void {
    change();
    for (const wake of this.#changed.splice(0)) wake();
  }
}

let peer: Peer;
let proxy: FaultProxy;
let callers: Caller[] = [];
afterEach(async () => {
  for (const { socket } of callers) socket.destroy();
  callers = [];
  await proxy.stop();
  await peer.stop();
});

async function stage(greet?: (socket: Socket) => void): Promise<void> {
  peer = await Peer.start(greet);
  proxy = await FaultProxy.start(peer.url);
}

function call(): Caller {
  const { hostname, port } = new URL(proxy.url);
  const caller = new Caller(connect({ host: hostname, port: Number(port), allowHalfOpen: true }));
  callers.push(caller);
  return caller;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

const echo = (socket: Socket) => socket.pipe(socket);
const TEXT = '水车🎡 turns '.repeat(2000);

test('passes bytes both ways and ends each way by itself', async () => {
  await stage((socket) => socket.on('end', () => socket.end(TEXT)));
  const caller = call();
  caller.socket.end(TEXT);
  await caller.until(() => caller.end === 'fin');
  expect([caller.text, peer.heard]).toEqual([TEXT, TEXT]);
  await until(() => proxy.connections === 0);
});

test('is named as its target is, credentials and path included', async () => {
  peer = await Peer.start();
  proxy = await FaultProxy.start(peer.url.replace('tcp://', 'postgres://ann:secret@') + '/chats');
  expect(proxy.url).toMatch(/^postgres:\/\/ann:secret@127\.0\.0\.1:\d+\/chats$/);
  expect(new URL(proxy.url).port).not.toBe(new URL(peer.url).port);
});

test('cuts what is sent anywhere, and loses nothing of it', async () => {
  await stage(echo);
  proxy.impose({ pieceBytes: 7, latencyMs: 1, jitterMs: 5 });
  const caller = call();
  caller.socket.write(TEXT.slice(0, 2000));
  const all = Buffer.from(TEXT.slice(0, 2000));
  await caller.until(() => Buffer.concat(caller.pieces).length === all.length);
  expect(caller.text).toBe(TEXT.slice(0, 2000));
  // A character was cut in two.
  expect(caller.pieces.some((piece) => piece.toString().includes('\uFFFD'))).toBe(true);
});

test('holds the rate', async () => {
  await stage((socket) => socket.write('x'.repeat(2000)));
  proxy.impose({ bytesPerSecond: 10_000 });
  const began = performance.now();
  const caller = call();
  await caller.until(() => caller.text.length === 2000);
  // Never faster; how much slower is the machine's affair.
  expect(performance.now() - began).toBeGreaterThan(150);
});

test('stalled: the sender fills its buffers and waits; nothing is lost', async () => {
  await stage();
  proxy.impose({ stalled: ['up'] });
  const caller = call();
  const large = 'y'.repeat(16 * 1024 * 1024);
  caller.socket.write(large);
  await until(() => peer.sockets.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(peer.heard).toBe('');
  expect(caller.socket.writableLength).toBeGreaterThan(0);
  proxy.impose();
  await until(() => peer.heard.length === large.length);
});

test.each(['fin', 'rst'] as const)('cuts after so many bytes, with %s', async (how) => {
  await stage((socket) => socket.write('0123456789'));
  proxy.impose({ cutAfter: { bytes: 4, direction: 'down', how } });
  const caller = call();
  await caller.until(() => caller.end === how);
  if (how === 'fin') expect(caller.text).toBe('0123');
  expect('0123'.startsWith(caller.text)).toBe(true);
  await until(() => proxy.connections === 0);
  expect(proxy.cuts).toBe(1);
});

describe('half-open', () => {
  test('loses everything, ends too, and the connection stays dead; a new one lives', async () => {
    await stage(echo);
    const caller = call();
    caller.socket.write('a');
    await caller.until(() => caller.text === 'a');
    proxy.impose({ swallows: true });
    caller.socket.write('b');
    await new Promise((resolve) => setTimeout(resolve, 50));
    proxy.impose();
    caller.socket.write('c');
    const next = call();
    next.socket.write('d');
    await next.until(() => next.text === 'd');
    expect([caller.text, caller.end, peer.heard]).toEqual(['a', 'open', 'ad']);
    expect(proxy.connections).toBe(2);
  });

  test('who closed meanwhile is gone for the other side afterwards, not before', async () => {
    await stage(echo);
    const caller = call();
    caller.socket.write('a');
    await caller.until(() => caller.text === 'a');
    proxy.impose({ swallows: true });
    caller.socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(peer.sockets[0]!.closed).toBe(false);
    proxy.impose();
    await until(() => peer.sockets[0]!.closed && proxy.connections === 0);
  });
});

test('refuses new connections and leaves those that there are', async () => {
  await stage(echo);
  const caller = call();
  await until(() => peer.sockets.length === 1);
  proxy.impose({ refuses: true });
  const refused = call();
  await refused.until(() => refused.end === 'rst');
  caller.socket.write('a');
  await caller.until(() => caller.text === 'a');
});

test('flaps: connections break again and again until it is told to stop', async () => {
  await stage(echo);
  proxy.flap(20, 20);
  let broken = 0;
  while (broken < 3) {
    const caller = call();
    caller.socket.write('a');
    await caller.until(() => caller.end !== 'open');
    broken += 1;
  }
  proxy.impose();
  const caller = call();
  caller.socket.write('b');
  await caller.until(() => caller.text === 'b');
});

test.each([
  ['request', ''],
  ['answer', 'the mark'],
] as const)('cuts once, on a text, in the %s', async (at, heard) => {
  await stage(echo);
  proxy.impose({ cutOn: { text: 'mark', at } });
  const before = call();
  before.socket.write('no');
  await before.until(() => before.text === 'no');
  peer.heard = '';
  const caller = call();
  caller.socket.write('the mark');
  await caller.until(() => caller.end === 'rst');
  expect([peer.heard, caller.text]).toEqual([heard, '']);
  before.socket.write(' mark again');
  await before.until(() => before.text === 'no mark again');
});

test('a server that is not there refuses through it', async () => {
  await stage();
  await peer.stop();
  const caller = call();
  await caller.until(() => caller.end === 'rst');
  peer = await Peer.start();
});
