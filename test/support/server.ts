import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const MAIN = resolve(root, 'dist/server/main.js');

export interface TestServer {
  /** For example `http://127.0.0.1:41234`. */
  url: string;
  process: ChildProcess;
  /** Everything that the process has printed, for log scans. */
  output(): string;
  /** SIGTERM, then waits for the exit; the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, then waits for the exit. */
  kill(): Promise<void>;
}

/**
 * Starts the built server in a process of its own, on a free port, in an empty working directory (so that no models.json, mcp.json
 * or database of the project is seen). `env` adds to or replaces the defaults; the database is in memory unless it says so. `MILLRACE_BUILD`
 * names another build than dist/server.
 */
export async function startServer(env: Record<string, string> = {}): Promise<TestServer> {
  const cwd = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const main = resolve(root, env['MILLRACE_BUILD'] ?? 'dist/server', 'main.js');
  const child = spawn(process.execPath, [main], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: '0',
      DATABASE_URL: 'sqlite::memory:',
      SHUTDOWN_SECONDS: '2',
      CHAT_TITLES: 'off',
      ...env,
    },
  });
  let output = '';
  const exited = once(child, 'exit').then(async () => rm(cwd, { recursive: true, force: true }));
  const ready = new Promise<string>((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /Millrace is ready at (http:\/\/[^"\s]+)/.exec(output)?.[1];
      if (url) resolve(url);
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    void exited.then(() => reject(new Error(`The server exited before it was ready:\n${output}`)));
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return {
    url: await ready,
    process: child,
    output: () => output,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
  };
}

/** Starts a server that must not start, and waits until it has given up: its exit code, and what it printed. */
export async function startRefused(
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
