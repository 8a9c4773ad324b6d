import type { TestServer } from './server.js';
import type { JsonAnswer, World } from './world.js';

type NodeInput = { name: string } & Record<string, unknown>;

/** A graph as a client writes it, whose nodes ask the model `plain` unless they say something else. */
export function graph(name: string, nodes: readonly NodeInput[], fields: object = {}): object {
  return { name, nodes: nodes.map((node) => ({ model_name: 'plain', ...node })), ...fields };
}

/** Calls the routes of graphs. */
export class GraphClient {
  constructor(
    world: World,
    private readonly server: TestServer = world.server,
  ) {}

  async call(method: string, path: string, body?: object): Promise<JsonAnswer> {
    const address = path.split('/').map(encodeURIComponent).join('/');
    const response = await fetch(`${this.server.url}/api/graphs${path === '' ? '' : `/${address}`}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as JsonAnswer['body'],
    };
  }

  save(config: object): Promise<JsonAnswer> {
    return this.call('POST', '', config);
  }

  get(name: string, what = ''): Promise<JsonAnswer> {
    return this.call('GET', name + what);
  }

  async list(): Promise<string[]> {
    return (await this.call('GET', '')).body as unknown as string[];
  }
}
