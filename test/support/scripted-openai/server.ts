/**
 * An OpenAI-compatible server that plays scripts, in a process of its own, controlled over IPC by `start.ts`. Node runs this file
 * as it is (it strips types), so it imports nothing but built-in modules and types.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import type { Answer, Command, RecordedRequest, Script, Step } from './script.js';

const byModel = new Map<string, Script>();
const used = new Map<Script, number>();
let queue: Script[] = [];
let requests: RecordedRequest[] = [];
const gates = new Map<string, { credit: number; waiting: (() => void)[] }>();
let listeners: (() => void)[] = [];
const pauses = new Set<Step['do']>(['gate', 'wait', 'cut', 'reset', 'hang']);

/** Wakes whoever waits for a change of the records. */
function changed(): void {
  const woken = listeners;
  listeners = [];
  for (const wake of woken) wake();
}

async function until<T>(find: () => T | undefined): Promise<T> {
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => listeners.push(resolve));
  }
}

function gate(name: string) {
  const known = gates.get(name) ?? { credit: 0, waiting: [] };
  gates.set(name, known);
  return known;
}

async function obey(command: Command): Promise<unknown> {
  switch (command.do) {
    case 'push':
      for (const script of command.scripts) {
        if ('sequence' in script) queue.push(...script.sequence);
        else queue.push(script);
      }
      return undefined;
    case 'script':
      byModel.set(command.model, command.script);
      return undefined;
    case 'release': {
      const known = gate(command.gate);
      for (let i = 0; i < command.count; i++) {
        const pass = known.waiting.shift();
        if (pass) pass();
        else known.credit += 1;
      }
      return undefined;
    }
    case 'requests':
      return requests;
    case 'received':
      return until(() => requests[command.count - 1]);
    case 'closed':
      return until(() => requests.find(({ number, closedBy }) => number === command.number && closedBy));
    case 'reset':
      await everythingSentWasRead();
      queue = [];
      requests = [];
      gates.clear();
      used.clear();
      return undefined;
  }
}

/**
 * What a test asked and gave up at once may still wait in a socket: a turn accepts its connection, the next reads it. It would be
 * the first request of the test after it.
 */
async function everythingSentWasRead(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
}

function answerFor(script: Script, body: unknown): Answer {
  if ('turns' in script) {
    const messages = (body as { messages?: { role?: string }[] } | null)?.messages ?? [];
    const lastUser = messages.findLastIndex(({ role }) => role === 'user');
    const turn = messages.slice(lastUser + 1).filter(({ role }) => role === 'assistant').length;
    return script.turns[Math.min(turn, script.turns.length - 1)]!;
  }
  if ('sequence' in script) {
    const count = used.get(script) ?? 0;
    used.set(script, count + 1);
    return script.sequence[Math.min(count, script.sequence.length - 1)]!;
  }
  return script;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk as string;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const record: RecordedRequest = {
    number: requests.length + 1,
    clientPort: request.socket.remotePort,
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: undefined,
    receivedAt: performance.now(),
    stepsPlayed: 0,
  };
  requests.push(record);
  const closed = new AbortController();
  let served = false;
  response.on('close', () => {
    record.closedAt = performance.now();
    record.closedBy = served || response.writableFinished ? 'server' : 'client';
    closed.abort();
    changed();
  });
  record.body = await readBody(request);
  changed();

  const model = (record.body as { model?: string } | null)?.model ?? '';
  const script = queue.shift() ?? byModel.get(model);
  if (!script) {
    const message = `no script: nothing is queued, and the model "${model}" has none`;
    response
      .writeHead(404, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: { message } }));
    return;
  }
  try {
    await play(answerFor(script, record.body), record, response, closed.signal, () => (served = true));
  } catch (error) {
    if (!closed.signal.aborted) throw error;
  }
}

async function play(
  answer: Answer,
  record: RecordedRequest,
  response: ServerResponse,
  closed: AbortSignal,
  serving: () => void,
): Promise<void> {
  const { status = 200, headers = {}, steps, pieceBytes, corked = false, newline = '\n' } = answer;
  response.socket?.setNoDelay(true);
  let pending: Buffer[] = [];
  const flush = async () => {
    const bytes = Buffer.concat(pending);
    pending = [];
    const size = pieceBytes ?? bytes.length;
    for (let at = 0; at < bytes.length && !closed.aborted; at += size) {
      const hasRoom = response.write(bytes.subarray(at, at + size));
      if (!hasRoom) await drained(response, closed);
      if (pieceBytes !== undefined) await nextTurn();
    }
  };
  response.writeHead(status, { 'content-type': 'text/event-stream', ...headers });
  response.flushHeaders();
  if (corked) response.socket?.cork();

  for (const step of steps) {
    closed.throwIfAborted();
    for (const bytes of bytesOf(step, record, newline)) {
      pending.push(bytes);
      if (pieceBytes === undefined) await flush();
    }
    if (pauses.has(step.do)) {
      await flush();
      if (corked) response.socket?.uncork();
    }
    closed.throwIfAborted();
    record.stepsPlayed += 1;
    if (step.do === 'gate') {
      await passed(step.name, closed);
      if (corked) response.socket?.cork();
    }
    if (step.do === 'wait') await wait(step.ms, undefined, { signal: closed });
    if (step.do === 'hang') return;
    if (step.do === 'reset') {
      serving();
      response.socket?.resetAndDestroy();
      return;
    }
    if (step.do === 'cut') {
      serving();
      response.socket?.end();
      return;
    }
    if (step.do === 'end') break;
  }
  await flush();
  serving();
  response.end();
  if (corked) response.socket?.uncork();
}

function* bytesOf(step: Step, record: RecordedRequest, newline: string): Generator<Buffer> {
  const number = (text: string) => text.replaceAll('{{request}}', String(record.number));
  switch (step.do) {
    case 'chunk':
      yield Buffer.from(number(`data: ${JSON.stringify(chunkOf(step, record))}${newline}${newline}`));
      return;
    case 'data': {
      const event = step.event === undefined ? '' : `event: ${step.event}${newline}`;
      yield Buffer.from(number(`${event}data: ${step.data}${newline}${newline}`));
      return;
    }
    case 'write':
      yield Buffer.from(number(step.text));
      return;
    case 'bytes':
      yield Buffer.from(step.base64, 'base64');
      return;
    case 'repeat': {
      const block = step.text.repeat(Math.ceil(65_536 / step.text.length));
      for (let left = step.characters; left > 0; left -= block.length)
        yield Buffer.from(block.slice(0, left));
      return;
    }
    case 'gate':
    case 'wait':
    case 'end':
    case 'cut':
    case 'reset':
    case 'hang':
  }
}

/** A chunk in OpenAI's own shape, nulls included. */
function chunkOf(step: Extract<Step, { do: 'chunk' }>, record: RecordedRequest): object {
  const { delta = {}, finish_reason = null, usage = null, fields } = step;
  return {
    id: `chatcmpl-${record.number}`,
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: (record.body as { model?: string } | null)?.model ?? 'scripted',
    system_fingerprint: 'fp',
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    usage,
    ...fields,
  };
}

async function passed(name: string, closed: AbortSignal): Promise<void> {
  const known = gate(name);
  if (known.credit > 0) {
    known.credit -= 1;
    return;
  }
  await new Promise<void>((resolve) => {
    const leave = () => {
      known.waiting = known.waiting.filter((pass) => pass !== enter);
      resolve();
    };
    const enter = () => {
      closed.removeEventListener('abort', leave);
      resolve();
    };
    known.waiting.push(enter);
    closed.addEventListener('abort', leave, { once: true });
  });
}

async function drained(response: ServerResponse, closed: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      response.off('drain', done);
      closed.removeEventListener('abort', done);
      resolve();
    };
    response.once('drain', done);
    closed.addEventListener('abort', done, { once: true });
  });
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    if (request.complete) console.error('scripted-openai:', error);
    response.destroy();
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});

process.on('message', ({ id, command }: { id: number; command: Command }) => {
  obey(command).then(
    (value) => process.send?.({ id, value }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
// Without its test this process has nothing to do.
process.on('disconnect', () => process.exit(0));
