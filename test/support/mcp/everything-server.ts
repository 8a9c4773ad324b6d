import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { freePort } from '../free-port.js';

/** The start file of `@modelcontextprotocol/server-everything`, the reference server of the MCP project. */
export const EVERYTHING_SERVER = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/server-everything/dist/index.js',
);

/** Starts it for HTTP in a process of its own, and resolves when it listens. */
export async function startEverythingServer(
  transport: 'streamableHttp' | 'sse',
  wantedPort?: number,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = wantedPort ?? (await freePort());
  const child = spawn(process.execPath, [EVERYTHING_SERVER, transport], {
    env: { PATH: process.env['PATH'], PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    let said = '';
    const listen = (text: string): void => {
      said += text;
      if (said.includes(String(port))) resolve();
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    child.once('exit', (code) => reject(new Error(`server-everything ended with code ${code}: ${said}`)));
  });
  return {
    url: `http://127.0.0.1:${port}/${transport === 'sse' ? 'sse' : 'mcp'}`,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
