import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisProcess } from '../../src/run/log/redis/testing/redis-process.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { sendJson, startHttpServer } from '../support/mcp/http-server.js';
import { startOwnPostgres, type OwnPostgres } from '../support/postgres.js';
import { startScriptedOpenAi, type ScriptedOpenAi } from '../support/scripted-openai/index.js';
import { startServer, type TestServer } from '../support/server.js';
import type { AnswerKind } from './answers.js';
import { Balancer } from './balancer.js';
import type { Random } from './random.js';

/** The connections between which a proxy can stand. */
export const LINKS = ['client', 'model', 'tools', 'redis', 'database'] as const;
export type LinkName = (typeof LINKS)[number];

export interface StageOptions {
  kinds: readonly AnswerKind[];
  random: Random;
  /** How many instances, on PostgreSQL and Redis; without it there is one, on a SQLite file. */
  instances?: number;
  /** Whether all connections go through fault proxies. */
  proxied?: boolean;
  env?: Record<string, string>;
}

/** The built server, as one instance or several, behind a balancer, with everything that it speaks to. */
export class Stage {
  readonly kinds: readonly AnswerKind[];
  /** When each instance was killed. */
  readonly kills: number[] = [];
  proxies: Partial<Record<LinkName, FaultProxy>> = {};
  postgres: OwnPostgres | undefined;
  redis: RedisProcess | undefined;
  readonly #running: (TestServer | null)[] = [];
  #openai!: ScriptedOpenAi;
  #tools!: Awaited<ReturnType<typeof startHttpServer>>;
  #balancer!: Balancer;
  #folder = '';
  #env: Record<string, string> = {};
  /** What ended instances had printed. */
  #printed: string[] = [];

  private constructor({ kinds }: StageOptions) {
    this.kinds = kinds;
  }

  /** Sets a stage up, lets `play` use it, and takes it down. */
  static async with(options: StageOptions, play: (stage: Stage) => Promise<void>): Promise<void> {
    const stage = new Stage(options);
    try {
      await stage.#start(options);
      await play(stage);
    } finally {
      await stage.#stop();
    }
  }

  async #start({ kinds, random, instances, proxied, env }: StageOptions): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'millrace-chaos-'));
    this.#openai = await startScriptedOpenAi();
    for (const { model, script } of kinds) await this.#openai.script(model, script);
    this.#tools = await startHttpServer((id, response) => {
      const result = { content: [{ type: 'text', text: 'done' }] };
      setTimeout(() => sendJson(response, { jsonrpc: '2.0', id, result }), random.int(0, 400));
    });
    if (instances !== undefined)
      [this.postgres, this.redis] = await Promise.all([startOwnPostgres(), RedisProcess.start()]);
    const through = async (name: LinkName, url: string) => {
      if (!proxied) return url;
      const proxy = await FaultProxy.start(url, random.fork().next);
      this.proxies[name] = proxy;
      return proxy.url;
    };
    const modelUrl = await through('model', this.#openai.baseUrl);
    const toolsUrl = await through('tools', this.#tools.url.href);
    const models = kinds.map(({ model }) => ({ name: model, base_url: modelUrl, api_key: 'none', model }));
    await writeFile(join(this.#folder, 'models.json'), JSON.stringify({ models }));
    await writeFile(
      join(this.#folder, 'mcp.json'),
      JSON.stringify({ mcpServers: { chaos: { url: toolsUrl } } }),
    );
    this.#env = {
      MODELS_FILE: join(this.#folder, 'models.json'),
      MCP_SERVERS_FILE: join(this.#folder, 'mcp.json'),
      DATABASE_URL: this.postgres
        ? await through('database', await this.postgres.createDatabase())
        : `sqlite:${join(this.#folder, 'chaos.db')}`,
      ...(this.redis && { REDIS_URL: await through('redis', this.redis.url) }),
      ...env,
    };
    await Promise.all(Array.from({ length: instances ?? 1 }, (_, index) => this.startInstance(index)));
    this.#balancer = await Balancer.start(() => this.instances.map(({ url }) => url));
    await through('client', this.#balancer.url);
  }

  /** Where readers ask. */
  get url(): string {
    return this.proxies.client?.url ?? this.#balancer.url;
  }

  /** Past the proxy before the balancer. */
  get innerUrl(): string {
    return this.#balancer.url;
  }

  /** Those that run. */
  get instances(): TestServer[] {
    return this.#running.filter((server) => server !== null);
  }

  get count(): number {
    return this.#running.length;
  }

  /** The URL of one instance, or of the balancer while that one does not run. */
  urlOf(index: number): string {
    return this.#running[index]?.url ?? this.innerUrl;
  }

  instance(index: number): TestServer {
    const server = this.#running[index];
    if (!server) throw new Error(`instance ${index} does not run`);
    return server;
  }

  async startInstance(index: number): Promise<void> {
    this.#running[index] ??= null;
    this.#running[index] = await startServer(this.#env);
    await this.#balancer?.probe();
  }

  /** SIGKILL. */
  async kill(index: number): Promise<void> {
    const server = this.instance(index);
    this.kills.push(Date.now());
    this.#running[index] = null;
    await server.kill();
    this.#printed.push(server.output());
  }

  /** SIGTERM; resolves with the exit code. Readers are not sent there any more once it is not ready. */
  async terminate(index: number): Promise<number | null> {
    const server = this.instance(index);
    const exited = once(server.process, 'exit') as Promise<[number | null]>;
    server.process.kill('SIGTERM');
    const [code] = await exited;
    this.#running[index] = null;
    this.#printed.push(server.output());
    return code;
  }

  /** Lets so many answers pass the gate `held`. */
  async release(count: number): Promise<void> {
    await this.#openai.release('held', count);
  }

  /** How many times each call of the counting tool was made. */
  toolCalls(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { method, params } of this.#tools.received) {
      if (method !== 'tools/call') continue;
      const id = String(params?.arguments?.['id']);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }

  /** Asks the balancer for JSON until it answers. */
  ask(path: string, withinMs?: number): Promise<{ status: number; body: Record<string, unknown> }> {
    return insist(async () => {
      const response = await fetch(this.innerUrl + path, { signal: AbortSignal.timeout(10_000) });
      const body = (await response.json()) as Record<string, unknown>;
      if (response.status >= 500) throw new Error(`${path} is answered with ${response.status}`);
      return { status: response.status, body };
    }, withinMs);
  }

  /** What an instance holds, for a base line. */
  async holdings(index: number): Promise<Record<string, number>> {
    const { url, process: child } = this.instance(index);
    const text = await (await fetch(`${url}/metrics`)).text();
    const sum = (name: string) =>
      [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
        (all, [, value]) => all + Number(value),
        0,
      );
    const files = await openFiles(child.pid!);
    return {
      runs: sum('millrace_active_runs'),
      streams: sum('millrace_open_streams'),
      files: files.filter((file) => !file.startsWith('socket:')).length,
      sockets: files.filter((file) => file.startsWith('socket:')).length,
      megabytes: Math.round(sum('process_resident_memory_bytes') / 2 ** 20),
    };
  }

  /** Everything that the instances have printed, for a report. */
  output(): string {
    return [...this.#printed, ...this.instances.map((server) => server.output())].join('\n');
  }

  async #stop(): Promise<void> {
    await Promise.all(this.instances.map((server) => server.kill()));
    await this.#balancer?.stop();
    await Promise.all(Object.values(this.proxies).map((proxy) => proxy.stop()));
    await Promise.all([
      this.#openai?.stop(),
      this.#tools?.stop(),
      this.redis?.dispose(),
      this.postgres?.stop(),
    ]);
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Does it again until it succeeds; rejects with its last error when that takes too long. */
export async function insist<T>(act: () => Promise<T>, withinMs = 90_000): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** What the file descriptors of a process stand for; empty where there is no /proc. */
async function openFiles(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => null)));
  return files.filter((file) => file !== null);
}
