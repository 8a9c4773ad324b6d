import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** `up` is from the client to the server. */
export type Direction = 'up' | 'down';
export type Ending = 'fin' | 'rst';

/** What the network does to connections while it is so. All of it can be at once; none of it is a healthy network. */
export interface Conditions {
  /** What is sent arrives this much later, and by chance up to `jitterMs` more. The order is kept. */
  latencyMs?: number;
  jitterMs?: number;
  bytesPerSecond?: number;
  /** What is sent arrives in pieces of 1 to this many bytes, cut anywhere, also inside a character. */
  pieceBytes?: number;
  /** Nothing that is sent in these directions is taken any more: the sender's buffers fill up. */
  stalled?: readonly Direction[];
  /**
   * Everything is lost, also that one side closes: both believe that the connection stands (half-open). A connection that lost
   * something stays dead after it.
   */
  swallows?: boolean;
  /** New connections are reset. */
  refuses?: boolean;
  /** Each connection is cut when this many bytes have come through in a direction. */
  cutAfter?: { bytes: number; direction: Direction; how: Ending };
  /** Once, the connection on which this text is sent is cut: before it arrives, or when its answer comes. */
  cutOn?: { text: string; at: 'request' | 'answer' };
}

/** How much one direction of a connection holds before its sender has to wait. */
const BUFFER_BYTES = 64 * 1024;

/** A TCP proxy on loopback before one server, whose network can be made as bad as a test wants. */
export class FaultProxy {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #conditions: Conditions = {};
  #flapping: NodeJS.Timeout | undefined;
  /** How many connections were cut. */
  cuts = 0;

  private constructor(
    private readonly target: URL,
    readonly random: () => number,
  ) {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#join(client));
  }

  /**
   * @param target the URL of the server, of any scheme that names host and port
   * @param random what chance is made of, from 0 up to 1: seeded, the same connections meet the same chances
   */
  static async start(target: string, random: () => number = Math.random): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(target), random);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The target's URL, through this proxy. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    const url = Object.assign(new URL(this.target), { hostname: '127.0.0.1', port: String(port) });
    return url.href.replace(/\/$/, '');
  }

  /** How many connections there are. */
  get connections(): number {
    return this.#links.size;
  }

  get conditions(): Conditions {
    return this.#conditions;
  }

  /** From now on the network is like this, and no more as it was before, for the connections that there are as well. */
  impose(conditions: Conditions = {}): void {
    clearTimeout(this.#flapping);
    this.#become(conditions);
  }

  /** Breaks every connection. */
  cut(how: Ending = 'rst'): void {
    for (const link of this.#links) link.cut(how);
  }

  /** Breaks every connection and refuses new ones for `downMs`, lets them through for `upMs`, and so on, until `impose`. */
  flap(upMs: number, downMs: number): void {
    const down = () => {
      this.#become({ refuses: true });
      this.cut();
      this.#flapping = setTimeout(up, downMs);
    };
    const up = () => {
      this.#become({});
      this.#flapping = setTimeout(down, upMs);
    };
    down();
  }

  /** Ends it, and every connection. */
  async stop(): Promise<void> {
    this.impose({ refuses: true });
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Whether this is what `cutOn` waits for, and then not again. */
  springs(bytes: Buffer): 'request' | 'answer' | false {
    const { cutOn, ...others } = this.#conditions;
    if (!cutOn || !bytes.includes(cutOn.text)) return false;
    this.#conditions = others;
    return cutOn.at;
  }

  #become(conditions: Conditions): void {
    this.#conditions = conditions;
    for (const link of this.#links) link.changed();
  }

  #join(client: Socket): void {
    if (this.#conditions.refuses) {
      client.on('error', ignore);
      client.resetAndDestroy();
      return;
    }
    const { hostname, port } = this.target;
    const server = connect({ port: Number(port), host: hostname, allowHalfOpen: true, noDelay: true });
    const link = new Link(this, client, server, () => this.#links.delete(link));
    this.#links.add(link);
  }
}

/** One connection: two sockets, and a lane in each direction. */
class Link {
  readonly #lanes: readonly Lane[];
  readonly #sockets: readonly Socket[];
  #dead = false;
  /** The next that comes down is the answer that is to be cut. */
  #trapped = false;
  isCut = false;

  constructor(
    readonly proxy: FaultProxy,
    client: Socket,
    server: Socket,
    gone: () => void,
  ) {
    this.#sockets = [client, server];
    this.#lanes = [new Lane(this, 'up', client, server), new Lane(this, 'down', server, client)];
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('error', ignore);
      socket.on('close', (hadError) => {
        if (this.#sockets.every(({ destroyed }) => destroyed)) gone();
        else if (hadError && !this.swallows) other.resetAndDestroy();
        else this.tellLoss();
      });
    }
    this.changed();
  }

  /** True when what is sent goes nowhere. */
  get swallows(): boolean {
    if (this.proxy.conditions.swallows) this.#dead = true;
    return this.#dead;
  }

  /** A side that closed while everything was swallowed is gone for the other one, once something comes through again. */
  tellLoss(): void {
    const isHalf = this.#sockets.some(({ destroyed, readableEnded }) => destroyed || readableEnded);
    if (this.#dead && isHalf && !this.proxy.conditions.swallows) this.cut('rst');
  }

  /** What happens to bytes before they go on their way. False: they do not. */
  admits(direction: Direction, bytes: Buffer): boolean {
    if (this.swallows || this.isCut) return false;
    const sprung = direction === 'up' && this.proxy.springs(bytes);
    if (sprung === 'request' || (direction === 'down' && this.#trapped)) {
      this.cut('rst');
      return false;
    }
    if (sprung === 'answer') this.#trapped = true;
    return true;
  }

  changed(): void {
    this.tellLoss();
    for (const lane of this.#lanes) lane.changed();
  }

  cut(how: Ending): void {
    if (this.isCut) return;
    this.isCut = true;
    this.proxy.cuts += 1;
    for (const socket of this.#sockets) {
      if (how === 'rst') socket.resetAndDestroy();
      else socket.destroySoon();
    }
  }
}

/** What is sent in one direction of a connection, on its way. */
class Lane {
  readonly #waiting: { bytes: Buffer; due: number }[] = [];
  #held = 0;
  #moving = false;
  #ended = false;
  /** How many bytes come through before the connection is cut. */
  #left = Infinity;

  constructor(
    private readonly link: Link,
    private readonly direction: Direction,
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    from.on('data', (bytes: Buffer) => this.#take(bytes));
    from.on('end', () => {
      this.#ended = true;
      if (!this.#moving) this.#end();
    });
  }

  changed(): void {
    const { cutAfter } = this.link.proxy.conditions;
    this.#left = cutAfter?.direction === this.direction ? cutAfter.bytes : Infinity;
    this.#flow();
  }

  #take(bytes: Buffer): void {
    if (!this.link.admits(this.direction, bytes)) return;
    const { latencyMs = 0, jitterMs = 0 } = this.link.proxy.conditions;
    const due = performance.now() + latencyMs + (jitterMs > 0 ? jitterMs * this.link.proxy.random() : 0);
    this.#waiting.push({ bytes, due });
    this.#held += bytes.length;
    this.#flow();
    if (!this.#moving) void this.#move();
  }

  async #move(): Promise<void> {
    this.#moving = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const wait = next.due - performance.now();
      if (wait > 0) await sleep(wait);
      for (let rest = next.bytes; rest.length > 0 && this.#isOpen;)
        rest = rest.subarray(await this.#send(rest));
      this.#held -= next.bytes.length;
      this.#flow();
    }
    this.#moving = false;
    if (this.#ended) this.#end();
  }

  /** Sends the beginning of what is given; how much of it. */
  async #send(bytes: Buffer): Promise<number> {
    const { proxy } = this.link;
    const { pieceBytes, bytesPerSecond = Infinity, cutAfter } = proxy.conditions;
    const most = pieceBytes === undefined ? Infinity : 1 + Math.floor(proxy.random() * pieceBytes);
    const size = Math.floor(Math.min(bytes.length, most, Math.max(bytesPerSecond / 20, 1), this.#left));
    const piece = bytes.subarray(0, size);
    const hasRoom = this.to.write(piece);
    this.#left -= size;
    if (this.#left === 0) this.link.cut(cutAfter!.how);
    else if (!hasRoom) await drained(this.to);
    if (pieceBytes !== undefined) await nextTurn();
    if (bytesPerSecond < Infinity) await sleep((size / bytesPerSecond) * 1000);
    return size;
  }

  get #isOpen(): boolean {
    return !this.link.isCut && !this.link.swallows && !this.to.destroyed;
  }

  #end(): void {
    if (this.link.swallows) this.link.tellLoss();
    else this.to.end();
  }

  #flow(): void {
    const stalled = this.link.proxy.conditions.stalled?.includes(this.direction) ?? false;
    if (stalled || this.#held > BUFFER_BYTES) this.from.pause();
    else this.from.resume();
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}

function ignore(): void {
  // What breaks a connection here is what the test is about.
}
