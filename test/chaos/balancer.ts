import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const PROBE_MS = 100;

/**
 * A load balancer: each request goes to the next instance that is ready by `/health/ready`. One that cannot be connected to is
 * passed over; when none is left, the connection is closed. What is cut behind it is cut before it.
 */
export class Balancer {
  readonly #server: Server;
  readonly #ready = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #turn = 0;

  private constructor(private readonly instances: () => readonly string[]) {
    this.#server = createServer((incoming, response) => {
      this.#serve(incoming, response).catch(() => response.destroy());
    });
    this.#server.keepAliveTimeout = 620_000;
    this.#timer = setInterval(() => void this.probe(), PROBE_MS);
  }

  /** @param instances the URLs of those that run, at this moment */
  static async start(instances: () => readonly string[]): Promise<Balancer> {
    const balancer = new Balancer(instances);
    balancer.#server.listen(0, '127.0.0.1');
    await once(balancer.#server, 'listening');
    await balancer.probe();
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** Asks every instance whether it is ready. */
  async probe(): Promise<void> {
    const running = this.instances();
    for (const url of this.#ready) if (!running.includes(url)) this.#ready.delete(url);
    await Promise.all(
      running.map(async (url) => {
        const ready = await fetch(`${url}/health/ready`, {
          // Probes that wait for a stalled store pile up, and fetch would keep the connection of each for ten minutes.
          headers: { connection: 'close' },
          signal: AbortSignal.timeout(3000),
        }).then(
          async ({ ok, body }) => {
            await body?.cancel();
            return ok;
          },
          () => false,
        );
        if (ready) this.#ready.add(url);
        else this.#ready.delete(url);
      }),
    );
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: Buffer[] = [];
    for await (const chunk of incoming) body.push(chunk as Buffer);
    for (let left = this.#ready.size; left > 0; left -= 1) {
      const target = this.#next();
      if (target === undefined) break;
      const answer = await forward(target, incoming, Buffer.concat(body), response);
      if (answer === 'unreachable') continue;
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.on('error', () => response.destroy());
      answer.on('close', () => {
        if (!answer.complete) response.destroy();
      });
      answer.pipe(response);
      return;
    }
    response.destroy();
  }

  #next(): string | undefined {
    const ready = [...this.#ready];
    this.#turn += 1;
    return ready[this.#turn % ready.length];
  }
}

/** Rejects when the connection breaks before there is an answer. */
function forward(
  target: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<IncomingMessage | 'unreachable'> {
  return new Promise((resolve, reject) => {
    const sent = request(`${target}${url}`, { method, headers, agent: false });
    sent.on('response', resolve);
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') resolve('unreachable');
      else reject(error);
    });
    response.on('close', () => sent.destroy());
    sent.end(body);
  });
}
