/**
 * An MCP server on stdio that does what no server should, each in a tool of its own. It speaks raw JSON-RPC, so that nothing
 * keeps it from misbehaving. Runs as `node hostile-server.ts [flag…]`:
 *
 *   --exit           ends with code 3 before it answers anything
 *   --silent         never answers `initialize`
 *   --slow=<ms>      answers `initialize` late
 *   --starts=<file>  adds a line to the file each time it is started
 *   --bad-tools      lists definitions that must be refused, beside one that is good
 *   --stubborn       ignores the end of its input and SIGTERM
 */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

interface Message {
  id?: number;
  method?: string;
  params?: {
    name?: string;
    arguments?: Record<string, unknown>;
    requestId?: number;
    _meta?: { progressToken?: number };
  };
}

const flags = process.argv.slice(2);
const flag = (name: string): string | undefined =>
  flags.find((one) => one === name || one.startsWith(`${name}=`))?.slice(name.length + 1);

const starts = flag('--starts');
if (starts) appendFileSync(starts, `${process.pid}\n`);
if (flag('--exit') !== undefined) process.exit(3);
if (flag('--stubborn') !== undefined) {
  process.on('SIGTERM', () => undefined);
  setInterval(() => undefined, 1000);
}

/** The requests that the client cancelled, for the tool `cancelled`. */
const cancelled: number[] = [];
let hanging: number | undefined;
let extraTool = false;

function write(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
function answer(id: number, result: unknown): void {
  // The id comes last, as in the official TypeScript server.
  write({ result, jsonrpc: '2.0', id });
}
function text(id: number, value: string, more: Record<string, unknown> = {}): void {
  answer(id, { content: [{ type: 'text', text: value }], ...more });
}
function progress(message: Message, value: number, total?: number): void {
  const progressToken = message.params?._meta?.progressToken;
  const params = { progressToken, progress: value, total, message: `step ${value}` };
  write({ jsonrpc: '2.0', method: 'notifications/progress', params });
}

/** 100 MB of one message, in pieces, so that the server itself stays small. */
function huge(id: number, idFirst: boolean, isError: boolean): void {
  const head = idFirst ? `{"jsonrpc":"2.0","id":${id},"result":` : '{"result":';
  const piece = 'abcdefghij\\n'.repeat(100_000);
  let left = 85;
  process.stdout.write(`${head}{"content":[{"type":"text","text":"begin `);
  const pump = (): void => {
    while (left > 0) {
      left -= 1;
      if (!process.stdout.write(piece)) return void process.stdout.once('drain', pump);
    }
    const end = `"}]${isError ? ',"isError":true' : ''}}`;
    process.stdout.write(idFirst ? `${end}}\n` : `${end},"jsonrpc":"2.0","id":${id}}\n`);
  };
  pump();
}

type Tool = (id: number, message: Message) => void;
const tools: Record<string, Tool> = {
  echo: (id, message) => text(id, JSON.stringify(message.params?.arguments ?? null)),
  hang: (id) => {
    hanging = id;
  },
  /** Answers the request that hangs, long after the client gave it up. */
  answer_late: (id) => {
    if (hanging !== undefined) text(hanging, 'too late');
    text(id, 'answered');
  },
  cancelled: (id) => text(id, JSON.stringify({ hanging, cancelled })),
  die: () => process.exit(7),
  huge: (id) => huge(id, false, false),
  huge_id_first: (id) => huge(id, true, false),
  huge_error: (id) => huge(id, false, true),
  fails: (id) => text(id, 'bad thing', { isError: true }),
  refuses: (id) => write({ jsonrpc: '2.0', id, error: { code: -32_602, message: 'no such city' } }),
  noisy: (id) => {
    process.stdout.write('Listening…\n\n{"not": "a message"}\n[1,2]\n\u0000\uFFFE\n');
    write({ jsonrpc: '2.0', id: 999_999, result: {} });
    // An answer to nothing, so deep that printing it overflows the stack.
    process.stdout.write(
      `{"jsonrpc":"2.0","id":888,"result":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}\n`,
    );
    text(id, 'through the noise');
  },
  not_a_result: (id) => answer(id, { content: 'text' }),
  slow_with_progress: (id, message) => {
    let step = 0;
    const timer = setInterval(() => {
      step += 1;
      progress(message, step, 4);
      if (step === 4) {
        clearInterval(timer);
        setTimeout(() => text(id, 'done'), 100);
      }
    }, 600);
  },
  floods_progress: (id, message) => {
    for (let step = 0; step < 5000; step += 1) progress(message, step);
    text(id, 'done');
  },
  environment: (id) => text(id, JSON.stringify(Object.keys(process.env))),
  /** Starts a process that outlives this one, unless the whole group is ended. */
  forks: (id) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    text(id, String(child.pid));
  },
  items: (id) =>
    answer(id, {
      content: [
        { type: 'text', text: 'one' },
        { type: 'image', mimeType: 'image/png', data: Buffer.alloc(12_288).toString('base64') },
        { type: 'resource_link', uri: 'file:///a.txt', name: 'a.txt' },
        { type: 'resource', resource: { uri: 'file:///b.txt', text: 'two' } },
        { type: 'resource', resource: { uri: 'file:///c.bin', blob: 'AAAA' } },
      ],
    }),
  structured: (id) => answer(id, { content: [], structuredContent: { a: [1, { b: '二' }] } }),
  nothing: (id) => answer(id, { content: [] }),
  adds_a_tool: (id) => {
    extraTool = true;
    write({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    text(id, 'added');
  },
};

function definitions(): unknown[] {
  const inputSchema = { type: 'object', properties: { message: { type: 'string' } } };
  const list: unknown[] = Object.keys(tools).map((name) => ({
    name,
    description: `Does ${name}.`,
    inputSchema,
  }));
  if (extraTool) list.push({ name: 'extra', inputSchema });
  if (flag('--bad-tools') === undefined) return list;
  const bad = (name: string, schema: unknown): unknown => ({ name, inputSchema: schema });
  return [
    {
      name: 'good',
      description: `Good.\u202E\u{E0041}\u{E0042}\u0007${'x'.repeat(10_000)}`,
      inputSchema: { type: 'object', properties: { a: { type: 'string', description: 'hid\u{E0048}den' } } },
    },
    'not an object',
    { inputSchema },
    { name: 'no_schema' },
    bad('name\nwith newline', inputSchema),
    bad('x'.repeat(200), inputSchema),
    bad('array', { type: 'array' }),
    bad('remote', { type: 'object', properties: { a: { $ref: 'http://127.0.0.1:1/schema.json' } } }),
    bad('dangling', { type: 'object', properties: { a: { $ref: '#/$defs/none' } } }),
    bad('endless', { type: 'object', allOf: [{ $ref: '#' }] }),
    bad('large', { type: 'object', description: 'x'.repeat(1_000_000) }),
    bad('deep', JSON.parse(`{"type":"object","not":${'{"not":'.repeat(500)}{}${'}'.repeat(500)}}`)),
    bad('bomb', { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } }),
    bad('dialect', { $schema: 'http://example.com/mine', type: 'object' }),
    bad('good', inputSchema),
  ];
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as Message;
  const { id, method } = message;
  if (method === 'notifications/cancelled') cancelled.push(message.params?.requestId ?? -1);
  if (id === undefined) return;
  if (method === 'initialize') {
    if (flag('--silent') !== undefined) return;
    const result = {
      protocolVersion: '2025-06-18',
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: 'hostile', version: '1' },
    };
    setTimeout(() => answer(id, result), Number(flag('--slow') ?? 0));
  } else if (method === 'tools/list') answer(id, { tools: definitions() });
  else if (method === 'tools/call') tools[message.params?.name ?? '']?.(id, message);
  else answer(id, {});
});
