import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command, RecordedRequest, Script } from './script.js';
import { scriptsByModel } from './scripts.js';

export interface ScriptedOpenAi {
  /** `http://127.0.0.1:<port>/v1`, for OPENAI_BASE_URL or a model's base_url. */
  readonly baseUrl: string;
  /** The next requests, whatever their model, take these scripts in order; they go before the scripts of models. */
  push(...scripts: Script[]): Promise<void>;
  /** From now on requests for this model take this script. */
  script(model: string, script: Script): Promise<void>;
  /** Lets `count` waiting or future arrivals pass a gate. */
  release(gate?: string, count?: number): Promise<void>;
  /** Everything received so far. */
  requests(): Promise<RecordedRequest[]>;
  /** Resolves when that many requests have arrived, with the last of them. */
  received(count: number): Promise<RecordedRequest>;
  /** Resolves when the answer to this request has ended, whoever ended it. */
  closed(number: number): Promise<RecordedRequest>;
  /** Forgets queued scripts, records and gates; the scripts of models stay. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the server in a process of its own, with the scripts of `scriptsByModel`. Rejects when it does not start. */
export async function startScriptedOpenAi(): Promise<ScriptedOpenAi> {
  const child = fork(fileURLToPath(new URL('./server.ts', import.meta.url)), [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { port } = await firstMessage(child);
  const send = commandSender(child);
  for (const [model, script] of Object.entries(scriptsByModel)) await send({ do: 'script', model, script });
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    push: async (...scripts) => void (await send({ do: 'push', scripts })),
    script: async (model, script) => void (await send({ do: 'script', model, script })),
    release: async (gate = 'gate', count = 1) => void (await send({ do: 'release', gate, count })),
    requests: async () => (await send({ do: 'requests' })) as RecordedRequest[],
    received: async (count) => (await send({ do: 'received', count })) as RecordedRequest,
    closed: async (number) => (await send({ do: 'closed', number })) as RecordedRequest,
    reset: async () => void (await send({ do: 'reset' })),
    stop: async () => {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

async function firstMessage(child: ChildProcess): Promise<{ port: number }> {
  const stopped = new AbortController();
  const exited = once(child, 'exit', { signal: stopped.signal }).then(([code]) => {
    throw new Error(`the scripted server exited with ${String(code)}`);
  });
  exited.catch(() => undefined);
  try {
    const [message] = (await Promise.race([once(child, 'message'), exited])) as [{ port: number }];
    return message;
  } finally {
    stopped.abort();
  }
}

/** Each command gets its own answer, in any order: some wait for something to happen. */
function commandSender(child: ChildProcess): (command: Command) => Promise<unknown> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  child.on('message', ({ id, value, error }: { id: number; value?: unknown; error?: string }) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(value);
    else one?.reject(new Error(error));
  });
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the scripted server has stopped'));
    waiting.clear();
  });
  return (command) =>
    new Promise((resolve, reject) => {
      const id = (last += 1);
      waiting.set(id, { resolve, reject });
      child.send({ id, command }, (error) => {
        if (error) reject(error);
      });
    });
}
