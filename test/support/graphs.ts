import type { TestServer } from './server.js';
import { SseReader, type SseRequest } from './sse-client.js';
import type { JsonAnswer, World } from './world.js';

type NodeInput = { name: string } & Record<string, unknown>;

/** A graph as a client writes it, whose nodes ask the model `plain` unless they say something else. */
export function graph(name: string, nodes: readonly NodeInput[], fields: object = {}): object {
  return { name, nodes: nodes.map((node) => ({ model_name: 'plain', ...node })), ...fields };
}

/** Nodes that each ask the model of their own name. */
export function modelled(name: string, nodes: readonly NodeInput[], fields: object = {}): object {
  return graph(
    name,
    nodes.map((node) => ({ model_name: node.name, ...node })),
    fields,
  );
}

/** `+a` and `-a` for the beginnings and ends of nodes in what a reader got; an end that is not well says how. */
export function nodesOf({ items }: SseReader): string[] {
  return items.flatMap((item) => {
    if (item === '[DONE]') return [];
    if (item['type'] === 'node_start') return [`+${String(item['node_name'])}`];
    if (item['type'] !== 'node_end') return [];
    return [`-${String(item['node_name'])}${item['status'] === 'ok' ? '' : ` ${String(item['status'])}`}`];
  });
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

  /** Runs a graph and reads it as a stream. */
  execute(body: object, request: SseRequest = {}, server = this.server): Promise<SseReader> {
    return SseReader.open(`${server.url}/api/graphs/execute`, { method: 'POST', body, ...request });
  }

  /** The same with `stream: false`. */
  run(body: object): Promise<JsonAnswer> {
    return this.call('POST', 'execute', { stream: false, ...body });
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
