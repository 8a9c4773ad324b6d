import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredMessage } from '../../src/conversation/stored-message.js';
import { EVERYTHING_SERVER } from './mcp/everything-server.js';
import { scripts, startScriptedOpenAi, type ScriptedOpenAi } from './scripted-openai/index.js';
import { startServer, type TestServer } from './server.js';
import { SseReader, type SseRequest } from './sse-client.js';

const HOSTILE_SERVER = join(import.meta.dirname, 'mcp/hostile-server.ts');
let conversations = 0;

/** An id that no test of this process used before. */
export function newConversation(): string {
  conversations += 1;
  return `conversation-${process.pid}-${conversations}`;
}

export interface JsonAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A round as `GET /api/chat/conversations/{id}` shows it. */
export interface RoundView {
  round: number;
  run_id: string;
  state: string;
  messages: StoredMessage[];
}

/**
 * The built server, the scripted model (each of its scripts is a model of that name) and two real MCP servers over stdio: `everything`
 * (the reference server) and `hostile` (a tool for every misbehaviour).
 */
export class World {
  #extra: TestServer[] = [];

  private constructor(
    readonly openai: ScriptedOpenAi,
    readonly folder: string,
    public server: TestServer,
    private readonly env: Record<string, string>,
  ) {}

  static async start(env: Record<string, string> = {}, models: string[] = []): Promise<World> {
    const openai = await startScriptedOpenAi();
    const folder = await mkdtemp(join(tmpdir(), 'millrace-world-'));
    const names = [...Object.keys(scripts.scriptsByModel), ...models];
    const entry = (name: string) => ({
      name,
      base_url: openai.baseUrl,
      api_key: 'sk-canary-42',
      model: name,
    });
    await writeFile(join(folder, 'models.json'), JSON.stringify({ models: names.map(entry) }));
    const node = (script: string, ...args: string[]) => ({
      command: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', script, ...args],
    });
    const mcpServers = { everything: node(EVERYTHING_SERVER, 'stdio'), hostile: node(HOSTILE_SERVER) };
    await writeFile(join(folder, 'mcp.json'), JSON.stringify({ mcpServers }));
    const settings = {
      MODELS_FILE: join(folder, 'models.json'),
      MCP_SERVERS_FILE: join(folder, 'mcp.json'),
      // Titles are a model call of their own, which would come between those that tests count.
      CHAT_TITLES: 'off',
      ...env,
    };
    try {
      return new World(openai, folder, await startServer(settings), settings);
    } catch (error) {
      await openai.stop();
      throw error;
    }
  }

  /** Another server with the same settings and these. It ends with the world. */
  async another(env: Record<string, string> = {}): Promise<TestServer> {
    const server = await startServer({ ...this.env, ...env });
    this.#extra.push(server);
    return server;
  }

  /** `sqlite:` with a file in the world's folder. */
  databaseUrl(name: string): string {
    return `sqlite:${join(this.folder, name)}`;
  }

  async stop(): Promise<void> {
    await Promise.all([this.server, ...this.#extra].map((server) => server.kill()));
    await this.openai.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Posts a chat turn and reads it as a stream. */
  chat(
    body: object,
    request: SseRequest & { server?: TestServer; stalled?: boolean } = {},
  ): Promise<SseReader> {
    const { server = this.server, stalled, ...rest } = request;
    return SseReader.open(
      `${server.url}/api/chat/completions`,
      { method: 'POST', body: { user_prompt: 'hello', model_name: 'plain', ...body }, ...rest },
      stalled,
    );
  }

  /** Reads the events of a run. */
  follow(
    runId: string,
    query = '',
    headers: Record<string, string> = {},
    server = this.server,
    stalled = false,
  ): Promise<SseReader> {
    return SseReader.open(`${server.url}/api/runs/${runId}/events${query}`, { headers }, stalled);
  }

  /** Posts a chat turn with `stream: false`. */
  ask(body: object, headers: Record<string, string> = {}): Promise<JsonAnswer> {
    return this.post(
      '/api/chat/completions',
      { user_prompt: 'hello', model_name: 'plain', stream: false, ...body },
      headers,
    );
  }

  async get(path: string, server = this.server): Promise<JsonAnswer> {
    return answerOf(await fetch(server.url + path));
  }

  async post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<JsonAnswer> {
    const response = await fetch(this.server.url + path, {
      method: 'POST',
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return answerOf(response);
  }

  cancel(runId: string): Promise<JsonAnswer> {
    return this.post(`/api/runs/${runId}/cancel`);
  }

  /** The stored messages of a conversation's rounds. */
  async rounds(conversation: string, server = this.server): Promise<RoundView[]> {
    const { status, body } = await this.get(`/api/chat/conversations/${conversation}`, server);
    return status === 200 ? (body['rounds'] as RoundView[]) : [];
  }

  /** Resolves with the run's view when it has ended. */
  async ended(runId: string, server = this.server): Promise<Record<string, unknown>> {
    for (;;) {
      const { body } = await this.get(`/api/runs/${runId}`, server);
      if (!['queued', 'running', 'suspended'].includes(String(body['state']))) return body;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

async function answerOf(response: Response): Promise<JsonAnswer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}
