import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
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
  const ended = new AbortController();
  const onExit = () => ended.abort(new Error('A process of the bench has ended'));
  child.once('exit', onExit);
  child.send(question);
  try {
    const [answer] = await once(child, 'message', { signal: ended.signal });
    if (answer.failed) throw new Error(answer.failed);
    return answer;
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    child.off('exit', onExit);
  }
}

/** Starts the built server as `npm start` does and waits until it is ready. MILLRACE_BUILD names another build. */
export async function startMillrace(env, nodeFlags = []) {
  const main = resolve(here, '../..', process.env.MILLRACE_BUILD ?? 'dist/server', 'main.js');
  const child = spawn(process.execPath, [...nodeFlags, main], {
    cwd: resolve(here, '..'),
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: '0',
      DATABASE_URL: 'sqlite::memory:',
      ...env,
    },
  });
  const url = await waitForOutput(child, /Millrace is ready at (http:\/\/[^"\s]+)/);
  return { child, url };
}

/** Waits until a process prints what matches; the first group of it. */
export function waitForOutput(child, pattern) {
  let output = '';
  return new Promise((done, fail) => {
    child.stdout.on('data', (piece) => {
      output += piece;
      const found = pattern.exec(output);
      if (found) done(found[1]);
    });
    child.on('exit', () => fail(new Error(`The process exited:\n${output}`)));
  });
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/**
 * CPU seconds of all threads of a process so far. Linux, sched-stats: in nanoseconds, where proc(5)'s `stat` counts in steps of 10 ms,
 * which is more than a short case takes.
 */
export function cpuSeconds(pid) {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`))
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]);
  return nanoseconds / 1e9;
}

/** For a process that is asked for its heap. */
export const HEAP_PROBE = ['--import', resolve(here, 'heap-probe.js')];

/**
 * What a process holds after its garbage was collected: bytes of its heap, and with what that keeps outside of it; how many sockets and
 * timers are open.
 */
export async function memoryOf(child) {
  const { memory, open } = await ask(child, 'memory');
  const count = (kind) => open.filter((name) => name === kind).length;
  return {
    heap: memory.heapUsed,
    all: memory.heapUsed + memory.external,
    sockets: count('TCPSocketWrap'),
    timers: count('Timeout'),
  };
}

/** How many functions a process holds; each listener that is left behind is one more. */
export const functionsOf = async (child) => (await ask(child, 'functions')).functions;

/** Resident memory of a process in MB. */
export function residentMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}
