import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happens to what comes through next: it passes, it is cut before it arrives, or its answer is cut. */
export type Fault = 'none' | 'request' | 'answer';

/** Stands between a log and its Redis, and cuts connections when it is told to. */
export class FaultProxy {
  private readonly sockets = new Set<Socket>();
  private next: { fault: Fault; containing: string } = { fault: 'none', containing: '' };
  private answersToCut = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async before(port: number): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(server);
    server.on('connection', (client) => proxy.join(client, connect(port, '127.0.0.1')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Arms one fault, for the next request that contains a text. */
  arm(fault: Fault, containing: string): void {
    this.next = { fault, containing };
  }

  /** Cuts every connection. */
  cutAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  dispose(): void {
    this.server.close();
    this.cutAll();
  }

  private join(client: Socket, redis: Socket): void {
    for (const [socket, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (data) => {
      const { fault, containing } = this.next;
      const hit = fault !== 'none' && data.includes(containing);
      if (hit) this.next = { fault: 'none', containing: '' };
      if (hit && fault === 'request') client.destroy();
      else redis.write(data);
      if (hit && fault === 'answer') this.answersToCut.add(redis);
    });
    redis.on('data', (data) => {
      if (this.answersToCut.delete(redis)) client.destroy();
      else client.write(data);
    });
  }
}
