import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../..');

const isUp = (url: string) =>
  fetch(`${url}/health`).then(
    () => true,
    () => false,
  );

test('a server that npm started ends when npm is ended', async () => {
  const npm = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', DATABASE_URL: 'sqlite::memory:', npm_config_update_notifier: 'false' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let url: string | undefined;
  for await (const chunk of npm.stdout) {
    output += String(chunk);
    url = /Millrace is ready at (http:\/\/[^"\s]+)/.exec(output)?.[1];
    if (url) break;
  }
  expect(await isUp(url!)).toBe(true);
  if (npm.exitCode === null) {
    npm.kill('SIGTERM');
    await once(npm, 'exit');
  }
  while (await isUp(url!)) await sleep(50);
}, 60_000);
