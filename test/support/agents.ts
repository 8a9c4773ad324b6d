import { SseReader, type SseRequest } from './sse-client.js';
import type { TestServer } from './server.js';
import type { JsonAnswer, World } from './world.js';

/** Stores agents and asks them. */
export class AgentClient {
  constructor(
    private readonly world: World,
    private readonly server: TestServer = world.server,
  ) {}

  async call(method: string, path: string, body?: object): Promise<JsonAnswer> {
    const response = await fetch(`${this.server.url}/api/agents${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as JsonAnswer['body'],
    };
  }

  /** Makes agents, each with the model of its name unless it says another, those that are called first. */
  async make(...agents: ({ name: string } & Record<string, unknown>)[]): Promise<void> {
    for (const agent of agents) {
      const { status, body } = await this.call('POST', '', { model_name: agent.name, ...agent });
      if (status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`);
    }
  }

  /** Posts a turn of an agent and reads it as a stream. */
  run(agent_name: string, body: object = {}, request: SseRequest = {}): Promise<SseReader> {
    return SseReader.open(`${this.server.url}/api/agent/run`, {
      method: 'POST',
      body: { user_prompt: 'hello', agent_name, ...body },
      ...request,
    });
  }

  /** Posts a turn of an agent with `stream: false`. */
  ask(agent_name: string, body: object = {}, headers: Record<string, string> = {}): Promise<JsonAnswer> {
    const asked = { user_prompt: 'hello', agent_name, stream: false, ...body };
    return this.world.post('/api/agent/run', asked, headers);
  }
}
