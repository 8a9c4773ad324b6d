import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const here = import.meta.dirname;

/** Forks a script of the bench and waits for its first message. */
export async function forkScript(path, options = {}) {
  const child = fork(resolve(here, '..', path), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    ...options,
  });
  const [message] = await once(child, 'message');
  return { child, message, ask: (question) => ask(child, question) };
}

async function ask(child, question) {
  child.send(question);
  const [answer] = await once(child, 'message');
  return answer;
}

/** Starts the built server and waits until it is ready. */
export async function startMillrace(env) {
  const main = resolve(here, '../../dist/server/main.js');
  const child = spawn(process.execPath, [main], {
    cwd: resolve(here, '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: '0',
      DATABASE_URL: 'sqlite::memory:',
      ...env,
    },
  });
  let output = '';
  const url = await new Promise((done, fail) => {
    child.stdout.on('data', (piece) => {
      output += piece;
      const ready = /Millrace is ready at (http:\/\/[^"\s]+)/.exec(output)?.[1];
      if (ready) done(ready);
    });
    child.on('exit', () => fail(new Error(`The server exited:\n${output}`)));
  });
  return { child, url };
}

const TICKS_PER_SECOND = 100;

/** User and system CPU seconds of a process so far (Linux, proc(5)). */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory of a process in MB. */
export function residentMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
