import { once } from 'node:events';
import { connect } from 'node:net';
import type { TestServer } from '../support/server.js';
import { checkHistory, decodeFrames, textsOf } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import { newConversation, World } from '../support/world.js';

const { answer, calling, gate, hang, plain, text, turns } = scripts;
const HEARTBEAT_MS = 200;

let world: World;
beforeAll(async () => {
  world = await World.start({ SSE_HEARTBEAT_SECONDS: String(HEARTBEAT_MS / 1000), STREAM_MAX_SECONDS: '0' }, [
    'custom',
  ]);
});
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

const saying = (words: string) => (item: Record<string, unknown>) => JSON.stringify(item).includes(words);

describe('heartbeats', () => {
  test('[FAULT-28] [SSE-03] [P13] [D-10] keep a silent model open: ": hb" and one newline, between frames, no blank line', async () => {
    await world.openai.script(
      'custom',
      answer(text('one '), gate(), text('two'), scripts.finish(), scripts.done()),
    );
    const stream = await world.chat({ model_name: 'custom', conversation_id: newConversation() });
    await stream.frame((item) => JSON.stringify(item).includes('one '));
    const before = stream.heartbeats.length;
    await stream.heartbeat(before + 3);
    const silent = stream.heartbeats.slice(before);
    await world.openai.release();
    const frames = await stream.toEnd();
    // The strict reader takes nothing but whole frames and whole heartbeats; what is left is the rule's letter.
    expect(stream.text.match(/: hb\n/g)).toHaveLength(stream.heartbeats.length);
    expect(stream.text).not.toContain(': hb\n\n');
    expect(stream.text.replaceAll(': hb\n', '')).toBe(frames.map(({ raw }) => raw).join(''));
    expect(new Set(silent).size).toBe(1);
    checkHistory([frames]);
  });

  test('[SSE-03] keep a silent tool open', async () => {
    await world.openai.script(
      'custom',
      turns(calling({ id: 'a', name: 'hostile__hang', args: {} }), plain()),
    );
    const stream = await world.chat({
      model_name: 'custom',
      mcp_servers: ['hostile'],
      conversation_id: newConversation(),
    });
    await stream.frame((item) => item['type'] === 'tool_call_ready');
    const before = stream.heartbeats.length;
    await stream.heartbeat(before + 2);
    await world.cancel(stream.runId);
    checkHistory([await stream.toEnd()]);
  });

  test('[SSE-03] come to a reader that resumes at the head of a silent run, and to one whose turn waits', async () => {
    const conversation_id = newConversation();
    const stream = await world.chat({ model_name: 'stalled-after', conversation_id });
    await stream.frame(saying('lo'));
    const resumed = await world.follow(stream.runId, `?after=${stream.lastId}`);
    const queued = await world.chat({ conversation_id });
    await resumed.heartbeat(2);
    await queued.heartbeat(2);
    expect(resumed.text).toMatch(/^(: hb\n)+$/);
    await world.cancel(stream.runId);
    checkHistory([
      await stream.toEnd(),
      [...stream.frames.slice(0, -(await resumed.toEnd()).length), ...resumed.frames],
    ]);
    await queued.toEnd();
  });

  test('[SSE-03] do not come while there is something to say', async () => {
    const words = Array.from({ length: 40 }, (_, index) => [
      ...text(`w${index} `),
      { do: 'wait', ms: 10 } as const,
    ]);
    await world.openai.script('custom', answer(...words, scripts.finish(), scripts.done()));
    const stream = await world.chat({ model_name: 'custom' });
    await stream.toEnd();
    const gaps = stream.chunks.map(({ at }, index) => at - (stream.chunks[index - 1]?.at ?? at));
    if (Math.max(...gaps) < HEARTBEAT_MS) expect(stream.heartbeats).toEqual([]);
  });
});

describe('headers', () => {
  test('[SSE-02] are those that every gateway needs', async () => {
    const conversation_id = newConversation();
    const stream = await world.chat({ conversation_id });
    const followed = await world.follow(stream.runId);
    for (const { status, headers } of [stream, followed]) {
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-cache, no-transform, private',
        'x-accel-buffering': 'no',
        'x-content-type-options': 'nosniff',
        'x-run-id': stream.runId,
        'x-conversation-id': conversation_id,
        'transfer-encoding': 'chunked',
      });
      for (const name of ['content-length', 'content-encoding', 'etag', 'x-powered-by'])
        expect(headers).not.toHaveProperty(name);
    }
    await Promise.all([stream.toEnd(), followed.toEnd()]);
  });

  test('[SSE-04] come at once, with the first event, before the model answers', async () => {
    const asked = performance.now();
    const stream = await world.chat({ model_name: 'stalled' });
    await stream.count(1);
    console.log(`first event after ${(performance.now() - asked).toFixed(1)} ms`);
    expect(decodeFrames(stream.frames)[0]?.type).toBe('run.created');
    await world.cancel(stream.runId);
    await stream.toEnd();
  });

  test.each([
    [{ model_name: 'nobody' }, 400, 'unknown_model', '找不到模型配置: nobody'],
    [{ model_name: '' }, 400, 'model_required', '必须指定模型名称'],
    [{ user_prompt: '  \n' }, 400, 'blank_prompt', '用户消息不能为空'],
    [{ user_prompt: 5 }, 422, 'invalid_request', undefined],
    [{ system_prompt: null }, 422, 'invalid_request', undefined],
    [{ mcp_servers: null }, 422, 'invalid_request', undefined],
  ])('[SSE-05] [HTTP-01] wait for what can fail early: %j is %d', async (body, status, code, detail) => {
    const before = (await world.get('/api/chat/conversations')).body['total_count'];
    const stream = await world.chat({ ...body, conversation_id: newConversation() });
    await stream.over();
    const problem = JSON.parse(stream.text) as Record<string, unknown>;
    expect([stream.status, problem['code']]).toEqual([status, code]);
    if (detail !== undefined) expect(problem['detail']).toBe(detail);
    expect(stream.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(await world.openai.requests()).toEqual([]);
    expect((await world.get('/api/chat/conversations')).body['total_count']).toBe(before);
  });

  test('[SSE-06] the retry field stands in the first frame only', async () => {
    const stream = await world.chat({});
    const frames = await stream.toEnd();
    expect(frames.map(({ retry }) => retry)).toEqual([
      3000,
      ...Array<undefined>(frames.length - 1).fill(undefined),
    ]);
  });
});

/** The chunks of a response's body, as HTTP/1.1 frames them: one write of the server is one chunk (RFC 9112 §7.1). */
async function httpChunks(server: TestServer, body: object): Promise<string[]> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const json = JSON.stringify(body);
  const head = `POST /api/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json`;
  socket.write(`${head}\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
  let bytes = Buffer.alloc(0);
  socket.on('data', (more: Buffer) => (bytes = Buffer.concat([bytes, more])));
  await once(socket, 'end');
  let rest = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
  const chunks: string[] = [];
  for (;;) {
    const line = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.subarray(0, line).toString(), 16);
    if (size === 0) return chunks;
    chunks.push(rest.subarray(line + 2, line + 2 + size).toString());
    rest = rest.subarray(line + 2 + size + 2);
  }
}

test('[SSE-07] a write holds whole frames, and [DONE] is in the write of the terminal event', async () => {
  const chunks = await httpChunks(world.server, { user_prompt: 'hello', model_name: 'reasoning' });
  for (const chunk of chunks)
    expect(chunk).toMatch(/^(?:id: .+\n(?:retry: \d+\n)?data: .+\n\n)+(?:data: \[DONE\]\n\n)?$/);
  expect(chunks.at(-1)).toMatch(/"type":"run_completed".*\n\ndata: \[DONE\]\n\n$/);
  expect(chunks.join('').match(/\[DONE\]/g)).toHaveLength(1);
});

describe('the four clocks', () => {
  let clocks: TestServer;
  let short: TestServer;
  beforeAll(async () => {
    clocks = await world.another({
      MODEL_FIRST_CHUNK_SECONDS: '0.4',
      MODEL_GAP_SECONDS: '0.4',
      TOOL_SECONDS: '0.5',
    });
    short = await world.another({ RUN_SECONDS: '1.5' });
  });

  test.each([
    ['stalled', 'first_chunk_timeout', ''],
    ['stalled-after', 'chunk_gap_timeout', 'Hello'],
    ['comments', 'first_chunk_timeout', ''],
  ])(
    '[FAULT-28] [RUN-17] a model that is silent ("%s") fails with %s, the text kept',
    async (model_name, code, kept) => {
      const conversation_id = newConversation();
      const stream = await world.chat({ model_name, conversation_id }, { server: clocks });
      const frames = await stream.toEnd();
      const { state } = checkHistory([frames], (await world.rounds(conversation_id, clocks))[0]?.messages);
      expect(state.error).toMatchObject({ code, retryable: true });
      expect(textsOf(state).join('')).toBe(kept);
      expect((await world.openai.closed(1)).closedBy).toBe('client');
    },
  );

  test('[RUN-17] without a stream a silent model is 504', async () => {
    const response = await fetch(`${clocks.url}/api/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_prompt: 'x', model_name: 'stalled-after', stream: false }),
    });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      504,
      'chunk_gap_timeout',
    ]);
  });

  test('[RUN-17] a tool that is silent is a result, and the run goes on', async () => {
    await world.openai.script(
      'custom',
      turns(calling({ id: 'a', name: 'hostile__hang', args: {} }), plain()),
    );
    const stream = await world.chat({ model_name: 'custom', mcp_servers: ['hostile'] }, { server: clocks });
    const { state } = checkHistory([await stream.toEnd()]);
    expect(state.parts[0]).toMatchObject({
      kind: 'tool_call',
      result: { status: 'error', content: expect.stringContaining('timed out after 0.5 seconds') },
    });
    expect(state.phase).toBe('completed');
  });

  test('[RUN-17] a run that takes too long fails, with its text and its tools closed', async () => {
    await world.openai.script('custom', answer(text('so far'), hang()));
    const conversation_id = newConversation();
    const stream = await world.chat({ model_name: 'custom', conversation_id }, { server: short });
    const { state } = checkHistory(
      [await stream.toEnd()],
      (await world.rounds(conversation_id, short))[0]?.messages,
    );
    expect(state.error).toMatchObject({ code: 'run_timeout', retryable: true });
    expect(textsOf(state)).toEqual(['so far']);
    expect((await world.openai.closed(1)).closedBy).toBe('client');

    await world.openai.script(
      'custom',
      turns(calling({ id: 'a', name: 'hostile__hang', args: {} }), plain()),
    );
    const withTool = await world.chat({ model_name: 'custom', mcp_servers: ['hostile'] }, { server: short });
    const closed = checkHistory([await withTool.toEnd()]).state;
    expect(closed).toMatchObject({
      error: { code: 'run_timeout' },
      parts: [{ tool_call_id: 'a', result: { status: 'cancelled' } }],
    });
  });

  test('[RUN-17] a turn that waits for another one has its own time', async () => {
    const conversation_id = newConversation();
    const first = await world.chat({ model_name: 'stalled-after', conversation_id }, { server: short });
    const second = await world.chat({ conversation_id }, { server: short });
    expect(checkHistory([await first.toEnd()]).state.phase).toBe('failed');
    expect(checkHistory([await second.toEnd()]).state.phase).toBe('completed');
  });
});

describe('rotation by age', () => {
  let rotating: TestServer;
  beforeAll(async () => (rotating = await world.another({ STREAM_MAX_SECONDS: '0.5' })));

  test('[SSE-08] [P14] ends the response of a reader that can resume at a frame border, and loses nothing', async () => {
    const conversation_id = newConversation();
    const request = { server: rotating, headers: { 'x-stream-resume': '1' } };
    const stream = await world.chat({ model_name: 'slow', conversation_id }, request);
    await world.openai.release();
    const frames = [...(await stream.toEnd())];
    expect(stream.text).not.toContain('[DONE]');
    let rounds = 0;
    for (let done = false; !done; rounds += 1) {
      const next = await world.follow(stream.runId, `?after=${frames.at(-1)!.id!}`, {}, rotating);
      await world.openai.release('gate', rounds === 1 ? 3 : 0);
      frames.push(...(await next.toEnd()));
      done = next.text.includes('[DONE]');
    }
    expect(rounds).toBeGreaterThan(1);
    const { state } = checkHistory([frames], (await world.rounds(conversation_id, rotating))[0]?.messages);
    expect(textsOf(state)).toEqual(['one two three']);
  });

  test('[SSE-08] leaves a POST alone whose reader did not say that it resumes', async () => {
    const stream = await world.chat(
      { model_name: 'slow', conversation_id: newConversation() },
      { server: rotating },
    );
    const witness = await world.follow(stream.runId, '', {}, rotating);
    await witness.toEnd();
    expect(witness.text).not.toContain('[DONE]');
    expect(stream.end).toBeUndefined();
    await world.openai.release('gate', 4);
    checkHistory([await stream.toEnd()]);
  });
});
