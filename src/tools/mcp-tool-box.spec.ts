import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { EVERYTHING_SERVER, startEverythingServer } from '../../test/support/mcp/everything-server.js';
import {
  hostileServer,
  never,
  nodeServer,
  scriptServer,
  TestTools,
} from '../../test/support/mcp/test-tools.js';
import type { McpServerConfig } from './mcp/mcp-config.js';

let tools: TestTools;
afterEach(() => tools.close());

const builtin: McpServerConfig = { name: 'builtin', transport: 'in_process', disabled: false };

/** Whether a process runs. One that ended may stay as a zombie, when nothing in a container collects orphans. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe.each(['stdio', 'streamableHttp', 'sse'] as const)('the reference server over %s', (transport) => {
  let stop = (): Promise<void> => Promise.resolve();
  let config: McpServerConfig;

  beforeAll(async () => {
    if (transport === 'stdio') config = nodeServer('everything', EVERYTHING_SERVER, ['stdio']);
    else {
      const server = await startEverythingServer(transport);
      stop = server.stop;
      const kind = transport === 'sse' ? 'sse' : 'streamable_http';
      config = {
        name: 'everything',
        transport: kind,
        url: new URL(server.url),
        headers: {},
        disabled: false,
      };
    }
  });
  beforeEach(() => {
    tools = new TestTools([config]);
  });
  afterAll(() => stop());

  it('lists its tools with names and descriptions that say where they are from', async () => {
    const tool = await tools.tool('everything__echo');
    expect(tool).toMatchObject({ server: 'everything', tool: 'echo' });
    expect(tool.definition.function.name).toBe('everything__echo');
    expect(tool.definition.function.description).toMatch(/^\[Tool from:everything\] \S/);
    expect(tool.definition.function.parameters).toMatchObject({ type: 'object', required: ['message'] });
  });

  it('calls a tool, structured output and images included', async () => {
    expect(await tools.call('everything__echo', { message: 'Grüße 世界' })).toEqual({
      status: 'ok',
      content: 'Echo: Grüße 世界',
      cut: false,
    });
    const weather = await tools.call('everything__get-structured-content', { location: 'New York' });
    expect(weather).toMatchObject({ status: 'ok', output: { temperature: expect.any(Number) } });
    const image = await tools.call('everything__get-tiny-image');
    expect(image.content).toMatch(/\[image image\/png, \d+ (B|KB)\]/);
  });

  it('checks arguments against the schema of the tool', async () => {
    const tool = await tools.tool('everything__get-sum');
    expect(tools.box.parse(tool, '{"a":1,"b":2}')).toEqual({ ok: true, input: { a: 1, b: 2 } });
    expect(tools.box.parse(tool, '{"a":1,"b":"2"}')).toEqual({
      ok: false,
      reason: expect.stringMatching(/^工具调用解析失败：b: .*number/),
    });
  });

  it('reports progress', async () => {
    const outcome = await tools.call('everything__trigger-long-running-operation', {
      duration: 0.6,
      steps: 2,
    });
    expect(outcome.status).toBe('ok');
    // The package drops a notification that comes in one piece with the result, as the last one may.
    expect(tools.progress[0]).toEqual({ progress: 1, total: 2 });
  });

  it('gives up a call at once when its signal aborts, and can be used again', async () => {
    const stopped = new AbortController();
    const reason = new Error('stopped by the user');
    const call = tools.call(
      'everything__trigger-long-running-operation',
      { duration: 60, steps: 600 },
      stopped.signal,
    );
    setTimeout(() => stopped.abort(reason), 500);
    await expect(call).rejects.toBe(reason);
    expect(await tools.call('everything__echo', { message: 'on' })).toMatchObject({ content: 'Echo: on' });
  });
});

describe('[TOOL-06] a server that speaks only the newest revision of MCP', () => {
  it('is asked again in that', async () => {
    tools = new TestTools([scriptServer('modern', 'modern-server.ts')]);
    expect(await tools.call('modern__hello')).toEqual({ status: 'ok', content: 'hello', cut: false });
  });
});

describe.each(['streamableHttp', 'sse'] as const)('a server over %s that was restarted', (kind) => {
  it('gets a new session, and the call that found the old one lost is sent again', async () => {
    const first = await startEverythingServer(kind);
    const url = new URL(first.url);
    tools = new TestTools([
      {
        name: 'web',
        transport: kind === 'sse' ? 'sse' : 'streamable_http',
        url,
        headers: {},
        disabled: false,
      },
    ]);
    const echo = await tools.tool('web__echo');
    await first.stop();
    const options = {
      signal: never(),
      onProgress: () => undefined,
      emit: () => undefined,
      toolCallId: 'call',
    };
    expect(await tools.box.call(echo, { message: '1' }, options)).toMatchObject({ status: 'error' });
    const second = await startEverythingServer(kind, Number(url.port));
    try {
      expect(await tools.box.call(echo, { message: '2' }, options)).toMatchObject({
        status: 'ok',
        content: 'Echo: 2',
      });
    } finally {
      await second.stop();
    }
  });
});

describe('[TOOL-09] open', () => {
  it('warns about servers that are unknown, disabled or unreachable, and gives the tools of the others', async () => {
    const url = new URL('http://127.0.0.1:59999/mcp?key=canary');
    const headers = { authorization: 'Bearer canary' };
    tools = new TestTools([
      builtin,
      nodeServer('off', EVERYTHING_SERVER, [], { disabled: true }),
      nodeServer('absent', '', [], { command: '/nonexistent/canary' }),
      hostileServer(['--exit'], { env: { KEY: 'canary' } }),
      { name: 'web', transport: 'streamable_http', url, headers, disabled: false },
    ]);
    const asked = ['builtin', 'builtin', 'nobody', 'off', 'absent', 'hostile', 'web'];
    const opened = await tools.box.open(asked, never());
    expect([...opened.tools.keys()]).toEqual(['builtin__current_time', 'builtin__calculate']);
    expect(opened.warnings).toEqual([
      {
        code: 'tool_server_not_found',
        message: 'MCP server "nobody": There is no such MCP server in the configuration.',
      },
      { code: 'tool_server_not_found', message: 'MCP server "off": It is disabled in the configuration.' },
      { code: 'tool_server_unreachable', message: 'MCP server "absent": The command was not found.' },
      {
        code: 'tool_server_unreachable',
        message: 'MCP server "hostile": The server process ended with code 3.',
      },
      {
        code: 'tool_server_unreachable',
        message: 'MCP server "web": The connection was refused.',
      },
    ]);
    expect(
      JSON.stringify([opened.warnings, tools.registry.all().map((server) => server.status())]),
    ).not.toContain('canary');
  });

  it('leaves out tools whose definition is not safe, says so, and keeps the others', async () => {
    tools = new TestTools([hostileServer(['--bad-tools'])]);
    const opened = await tools.box.open(['hostile'], never());
    expect([...opened.tools.keys()]).toEqual(['hostile__good']);
    const { definition } = opened.tools.get('hostile__good') ?? (await tools.tool('hostile__good'));
    expect(definition.function.description).toMatch(/^\[Tool from:hostile\] Good\.x{4000,4096}…$/);
    expect(definition.function.parameters).toEqual({
      type: 'object',
      properties: { a: { type: 'string', description: 'hidden' } },
    });
    expect(opened.warnings.map(({ message }) => message)).toEqual([
      'MCP server "hostile": A tool without a name was left out.',
      'MCP server "hostile": A tool without a name was left out.',
      'MCP server "hostile": The tool "no_schema" was left out: its input schema is not an object.',
      'MCP server "hostile": The tool "name\\nwith newline" was left out: its name is not valid.',
      expect.stringMatching(/The tool "x+…" was left out: its name is not valid\.$/),
      'MCP server "hostile": The tool "array" was left out: its input schema is not of the type object.',
      'MCP server "hostile": The tool "remote" was left out: its input schema refers to another document.',
      'MCP server "hostile": The tool "dangling" was left out: its input schema refers to a part that it does not have.',
      'MCP server "hostile": The tool "endless" was left out: its input schema refers to itself without end.',
      'MCP server "hostile": The tool "large" was left out: its input schema is larger than 64 KiB.',
      'MCP server "hostile": The tool "deep" was left out: its input schema is nested more than 32 levels deep.',
      'MCP server "hostile": The tool "bomb" was left out: its input schema holds a regular expression that can run without end.',
      'MCP server "hostile": The tool "dialect" was left out: its input schema declares an unknown JSON Schema dialect.',
      'MCP server "hostile": A second tool of the name "good" was left out.',
    ]);
    expect(opened.warnings.every(({ code }) => code === 'tool_refused')).toBe(true);
  });

  it('does not wait for a server when its signal aborts, and does not warn then', async () => {
    tools = new TestTools([builtin, hostileServer(['--silent'])]);
    // Else it is not known which of the two is opened first.
    await tools.box.open(['builtin'], never());
    const stopped = new AbortController();
    const opening = tools.box.open(['hostile', 'builtin'], stopped.signal);
    setTimeout(() => stopped.abort(), 100);
    const opened = await opening;
    expect([opened.tools.size, opened.warnings]).toEqual([2, []]);
  });

  it('says that a server did not answer in time', async () => {
    tools = new TestTools([hostileServer(['--silent'], { timeoutSeconds: 1 })]);
    const { warnings } = await tools.box.open(['hostile'], never());
    expect(warnings).toEqual([
      {
        code: 'tool_server_unreachable',
        message: 'MCP server "hostile": The server was not ready within 1 seconds.',
      },
    ]);
  });

  it('sees tools that a server adds', async () => {
    tools = new TestTools([hostileServer()]);
    expect((await tools.box.open(['hostile'], never())).tools.has('hostile__extra')).toBe(false);
    await tools.call('hostile__adds_a_tool');
    await wait(500);
    expect((await tools.box.open(['hostile'], never())).tools.has('hostile__extra')).toBe(true);
  });
});

describe('the result of a call', () => {
  beforeEach(() => {
    tools = new TestTools([hostileServer()]);
  });

  it('describes what is not text', async () => {
    expect((await tools.call('hostile__items')).content.split('\n')).toEqual([
      'one',
      '[image image/png, 12 KB]',
      '[resource file:///a.txt: a.txt]',
      'two',
      '[resource file:///c.bin binary, 3 B]',
    ]);
  });

  it.each([
    [
      'structured',
      { status: 'ok', content: '{"a":[1,{"b":"二"}]}', output: { a: [1, { b: '二' }] }, cut: false },
    ],
    ['nothing', { status: 'ok', content: '[no output]', cut: false }],
    ['fails', { status: 'error', content: '工具 fails 执行失败：bad thing', cut: false }],
    ['refuses', { status: 'error', content: '工具 refuses 执行失败：no such city', cut: false }],
    ['noisy', { status: 'ok', content: 'through the noise', cut: false }],
    [
      'not_a_result',
      {
        status: 'error',
        content: '工具 not_a_result 执行失败：The server answered with something that is not MCP.',
        cut: false,
      },
    ],
  ])('of %s', async (name, outcome) => {
    expect(await tools.call(`hostile__${name}`)).toEqual(outcome);
  });

  it.each(['huge', 'huge_id_first'])(
    'of 100 MB (%s) is cut with a note, and the server goes on',
    async (name) => {
      const outcome = await tools.call(`hostile__${name}`);
      expect(outcome).toMatchObject({ status: 'ok', cut: true });
      expect(Buffer.byteLength(outcome.content)).toBeLessThanOrEqual(10_000);
      expect(outcome.content).toMatch(/^begin abcdefghij\nabc.*cut here\.\]$/s);
      expect(await tools.call('hostile__echo', { message: 'on' })).toMatchObject({
        content: '{"message":"on"}',
      });
    },
  );

  it('of 100 MB that is an error stays one', async () => {
    const outcome = await tools.call('hostile__huge_error');
    expect(outcome).toMatchObject({ status: 'error', cut: true });
    expect(outcome.content).toMatch(/^工具 huge_error 执行失败：begin abc/);
  });
});

describe('[TOOL-06] a call', () => {
  it('that hangs ends at the time-out of its server', async () => {
    tools = new TestTools([hostileServer([], { timeoutSeconds: 1 })]);
    expect(await tools.call('hostile__hang')).toEqual({
      status: 'error',
      content: '工具 hang 执行失败：Tool execution timed out after 1 seconds. The operation was canceled.',
      cut: false,
    });
  });

  it('may take longer than the time-out while it reports progress', async () => {
    tools = new TestTools([hostileServer([], { timeoutSeconds: 2 })]);
    expect(await tools.call('hostile__slow_with_progress')).toMatchObject({ status: 'ok', content: 'done' });
    expect(tools.progress).toEqual(
      [1, 2, 3, 4].map((step) => ({ progress: step, total: 4, message: `step ${step}` })),
    );
  });

  it('that reports progress for everything is heard now and then', async () => {
    tools = new TestTools([hostileServer()]);
    expect(await tools.call('hostile__floods_progress')).toMatchObject({ status: 'ok' });
    expect(tools.progress.length).toBeGreaterThan(0);
    expect(tools.progress.length).toBeLessThan(100);
  });

  it('that is aborted is cancelled on the server, and its late answer is ignored', async () => {
    tools = new TestTools([hostileServer()]);
    const stopped = new AbortController();
    const reason = new Error('secret reason');
    const call = tools.call('hostile__hang', {}, stopped.signal);
    setTimeout(() => stopped.abort(reason), 400);
    await expect(call).rejects.toBe(reason);
    expect(await tools.call('hostile__answer_late')).toMatchObject({ content: 'answered' });
    const { hanging, cancelled } = JSON.parse((await tools.call('hostile__cancelled')).content) as {
      hanging: number;
      cancelled: number[];
    };
    expect(cancelled).toEqual([hanging]);
  });

  it('rejects with the reason when its signal has aborted before', async () => {
    tools = new TestTools([hostileServer()]);
    const reason = new Error('too late');
    await expect(tools.call('hostile__echo', {}, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('that kills its server is an error, and the next one starts it again', async () => {
    tools = new TestTools([hostileServer()]);
    expect(await tools.call('hostile__die')).toEqual({
      status: 'error',
      content: '工具 die 执行失败：The connection to the server ended.',
      cut: false,
    });
    expect(tools.registry.get('hostile')?.status()).toMatchObject({
      connected: false,
      init_attempted: true,
      error: 'The server process ended with code 7.',
    });
    expect(await tools.call('hostile__echo')).toMatchObject({ content: '{}' });
    expect(tools.registry.get('hostile')?.status()).toMatchObject({ connected: true, error: null });
  });

  it('of a server that is not there any more is an error', async () => {
    tools = new TestTools([builtin]);
    const tool = { ...(await tools.tool('builtin__calculate')), server: 'gone' };
    const options = {
      signal: never(),
      onProgress: () => undefined,
      emit: () => undefined,
      toolCallId: 'call',
    };
    const outcome = await tools.box.call(tool, {}, options);
    expect(outcome).toMatchObject({
      status: 'error',
      content: expect.stringContaining('no such MCP server'),
    });
  });

  it('sees only PATH, HOME and the environment of its entry', async () => {
    process.env['OPENAI_API_KEY'] = 'canary';
    tools = new TestTools([hostileServer([], { env: { CITY: 'Köln' } })]);
    const names = JSON.parse((await tools.call('hostile__environment')).content) as string[];
    delete process.env['OPENAI_API_KEY'];
    // Set by the macOS and Linux loaders themselves, not by us.
    expect(names.filter((name) => !name.startsWith('__')).sort()).toEqual(['CITY', 'HOME', 'PATH']);
  });
});

describe('closing', () => {
  it.each([[[]], [['--stubborn']]])('ends a server %j and what it started', async (flags) => {
    tools = new TestTools([hostileServer(flags)]);
    const pid = Number((await tools.call('hostile__forks')).content);
    expect(runs(pid)).toBe(true);
    await tools.close();
    await wait(100);
    expect(runs(pid)).toBe(false);
  });
});
