import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '../../../../../test/support/free-port.js';

/** Why there is no Redis to test with; null when there is one. */
export function missingRedis(): string | null {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'no redis-server is installed (apt-get install redis-server)';
  }
}

/** A `redis-server` of a test's own, on a free port, with its data in a directory of its own. */
export class RedisProcess {
  private child: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    private readonly directory: string,
    private readonly settings: readonly string[],
  ) {}

  /** By default with the append-only file, written to the disk every second; `settings` come last. */
  static async start(...settings: string[]): Promise<RedisProcess> {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-redis-'));
    const server = new RedisProcess(await freePort(), directory, settings);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, with the data that it had, and waits until it answers. */
  async start(): Promise<void> {
    const { port, directory, settings } = this;
    const common = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
    const aof = ['--appendonly', 'yes', '--appendfsync', 'everysec'];
    this.child = spawn('redis-server', [...common, ...aof, ...settings], { stdio: 'ignore' });
    await this.answers();
  }

  /** Sends a command by a connection of its own. */
  async command(name: string, ...args: string[]): Promise<unknown> {
    const redis = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return await redis.call(name, ...args);
    } finally {
      redis.disconnect();
    }
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(name);
  }

  /** Ends it and waits until it is gone. Its data stay. */
  async kill(name: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (!child) return;
    this.child = null;
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
    child.kill('SIGCONT');
    child.kill(name);
    await gone;
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async answers(): Promise<void> {
    for (let attempt = 0; attempt < 400; attempt += 1) {
      const answer = await this.command('PING').catch(() => null);
      if (answer === 'PONG') return;
      if (this.child?.exitCode !== null) throw new Error(`redis-server ended with ${this.child?.exitCode}`);
      await sleep(25);
    }
    throw new Error('redis-server does not answer');
  }
}
