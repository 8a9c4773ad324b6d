import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { checkHistory, textsOf } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import { SseReader } from '../support/sse-client.js';
import { newConversation, World } from '../support/world.js';

const GRACE_MS = 300;
let world: World;
beforeAll(
  async () => (world = await World.start({ DISCONNECT_GRACE_SECONDS: String(GRACE_MS / 1000) }, ['custom'])),
);
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const isRunning = async (runId: string) =>
  (await world.get(`/api/runs/${runId}`)).body['state'] === 'running';

/** Starts a turn whose answer waits for the test: "one ", "two ", "three". */
async function slowTurn(body: object, request = {}): Promise<SseReader> {
  const stream = await world.chat({ model_name: 'slow', ...body }, request);
  await world.openai.release();
  await stream.frame((item) => JSON.stringify(item).includes('one '));
  return stream;
}

describe('a conversation', () => {
  test.each(['leave', 'reset'] as const)(
    '[RUN-15] goes on when its only reader goes (%s), and every word is there',
    async (how) => {
      const conversation_id = newConversation();
      const stream = await slowTurn({ conversation_id });
      stream[how]();
      await pause(2 * GRACE_MS);
      expect(await isRunning(stream.runId)).toBe(true);
      await world.openai.release('gate', 3);
      expect(await world.ended(stream.runId)).toMatchObject({ state: 'completed' });
      const rest = await (await world.follow(stream.runId, `?after=${stream.lastId}`)).toEnd();
      const { state } = checkHistory(
        [[...stream.frames, ...rest]],
        (await world.rounds(conversation_id))[0]?.messages,
      );
      expect(textsOf(state)).toEqual(['one two three']);
      expect((await world.openai.requests())[0]?.closedBy).toBe('server');
    },
  );

  test('[RUN-16] with on_disconnect "cancel" is cancelled after the grace time, with its text kept', async () => {
    const conversation_id = newConversation();
    const stream = await slowTurn({ conversation_id, on_disconnect: 'cancel' });
    stream.leave();
    expect((await world.openai.closed(1)).closedBy).toBe('client');
    expect(await world.ended(stream.runId)).toMatchObject({ state: 'cancelled' });
    const late = await (await world.follow(stream.runId, `?after=${stream.lastId}`)).toEnd();
    const { state } = checkHistory(
      [[...stream.frames, ...late]],
      (await world.rounds(conversation_id))[0]?.messages,
    );
    expect(state).toMatchObject({ cancelled: { by: 'disconnect', kept: { characters: 4 } } });
  });
});

describe('a temporary chat', () => {
  test('[RUN-16] is cancelled after the grace time', async () => {
    const stream = await slowTurn({});
    const left = performance.now();
    stream.leave();
    expect((await world.openai.closed(1)).closedBy).toBe('client');
    expect(performance.now() - left).toBeGreaterThan(GRACE_MS * 0.8);
    expect(await world.ended(stream.runId)).toMatchObject({ state: 'cancelled' });
  });

  test('[RUN-16] goes on when its reader comes back within the grace time', async () => {
    const stream = await slowTurn({});
    stream.leave();
    const back = await world.follow(stream.runId, `?after=${stream.lastId}`);
    await pause(2 * GRACE_MS);
    expect(await isRunning(stream.runId)).toBe(true);
    await world.openai.release('gate', 3);
    const { state } = checkHistory([[...stream.frames, ...(await back.toEnd())]]);
    expect(textsOf(state)).toEqual(['one two three']);
  });

  test('[RUN-16] goes on while one of two readers is there, and is cancelled when both are gone', async () => {
    const stream = await slowTurn({});
    const second = await world.follow(stream.runId);
    stream.leave();
    await pause(2 * GRACE_MS);
    expect(await isRunning(stream.runId)).toBe(true);
    second.leave();
    expect(await world.ended(stream.runId)).toMatchObject({ state: 'cancelled' });
  });

  test('[RUN-16] with on_disconnect "continue" goes on', async () => {
    const stream = await slowTurn({ on_disconnect: 'continue' });
    stream.leave();
    await pause(2 * GRACE_MS);
    await world.openai.release('gate', 3);
    expect(await world.ended(stream.runId)).toMatchObject({ state: 'completed' });
  });

  test('[RUN-16] [D-18] without a stream: who waits is a reader, and who stops waiting has left', async () => {
    const headers = { 'idempotency-key': `waiting-${newConversation()}` };
    const waiting = world.ask({ model_name: 'slow' }, headers);
    await world.openai.received(1);
    await pause(2 * GRACE_MS);
    await world.openai.release('gate', 4);
    expect((await waiting).body).toMatchObject({ output: 'one two three' });
    await world.openai.reset();

    const impatient = new AbortController();
    const given = fetch(`${world.server.url}/api/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_prompt: 'hello', model_name: 'slow', stream: false }),
      signal: impatient.signal,
    });
    await world.openai.received(1);
    impatient.abort();
    await expect(given).rejects.toThrow();
    expect((await world.openai.closed(1)).closedBy).toBe('client');
  });

  test('[RUN-09] the key of a run that ended by disconnect is free again', async () => {
    const headers = { 'idempotency-key': `again-${newConversation()}` };
    const first = await slowTurn({}, { headers });
    first.leave();
    await world.ended(first.runId);
    await world.openai.reset();
    const second = await world.chat({ model_name: 'slow' }, { headers });
    expect(second.runId).not.toBe(first.runId);
    await world.openai.release('gate', 4);
    checkHistory([await second.toEnd()]);
  });
});

describe('connections that end in other ways', () => {
  const { host, port } = { host: '127.0.0.1', port: () => Number(new URL(world.server.url).port) };
  const requestText = (body: object) => {
    const json = JSON.stringify(body);
    return `POST /api/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
  };
  /** The sockets that the server process holds. */
  const sockets = () => {
    const folder = `/proc/${world.server.process.pid}/fd`;
    return readdirSync(folder).filter((fd) => {
      try {
        return readlinkSync(`${folder}/${fd}`).startsWith('socket:');
      } catch {
        return false;
      }
    }).length;
  };
  const settled = async (count: number) => {
    for (let tries = 0; tries < 100 && sockets() > count; tries += 1) await pause(50);
    return sockets();
  };

  test('[SSE-10] a half-closed connection, an abort during set-up and resets in mid-stream leave no socket and no run behind', async () => {
    await (await world.chat({})).toEnd();
    await pause(200);
    const before = sockets();
    const runs: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const halfClosed = connect({ host, port: port(), allowHalfOpen: true });
      halfClosed.end(requestText({ user_prompt: 'x', model_name: 'stalled' }));
      await once(halfClosed, 'data');
      halfClosed.on('error', () => undefined).resume();

      const early = connect(port(), host);
      early.on('error', () => undefined);
      early.write(requestText({ user_prompt: 'x', model_name: 'stalled' }), () => early.resetAndDestroy());
      const cutBody = connect(port(), host);
      cutBody.on('error', () => undefined);
      cutBody.write(requestText({ user_prompt: 'x', model_name: 'stalled' }).slice(0, -5), () =>
        cutBody.destroy(),
      );

      const streams = await Promise.all([1, 2, 3].map(() => world.chat({ model_name: 'stalled-after' })));
      for (const stream of streams) {
        await stream.frame((item) => JSON.stringify(item).includes('lo'));
        runs.push(stream.runId);
        stream.reset();
      }
      halfClosed.destroy();
    }
    for (const run of runs) expect(await world.ended(run)).toMatchObject({ state: 'cancelled' });
    // Kept-alive connections of the test's own fetch may come on top.
    expect(await settled(before + 2)).toBeLessThanOrEqual(before + 2);
    const { body } = await world.ask({});
    expect(body['output']).toBe('Hello wörld');
  }, 60_000);

  test('[SSE-10] HEAD reads nothing and starts nothing', async () => {
    const stream = await world.chat({});
    await stream.toEnd();
    const head = await SseReader.open(`${world.server.url}/api/runs/${stream.runId}/events`, {
      method: 'HEAD',
    });
    await head.over();
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const post = await SseReader.open(`${world.server.url}/api/chat/completions`, { method: 'HEAD' });
    expect(post.status).toBe(405);
    expect(await world.openai.requests()).toHaveLength(1);
  });
});

test('[FAULT-05] [RUN-15] two tabs of one conversation see the same run, whoever leaves', async () => {
  const conversation_id = newConversation();
  await world.openai.script('custom', scripts.slow(['a', 'b', 'c']));
  const first = await world.chat({ model_name: 'custom', conversation_id });
  const second = await world.follow(first.runId);
  await world.openai.release();
  await second.frame((item) => JSON.stringify(item).includes('"a"'));
  first.leave();
  await world.openai.release('gate', 3);
  const rest = await (await world.follow(first.runId, `?after=${first.lastId}`)).toEnd();
  checkHistory(
    [await second.toEnd(), [...first.frames, ...rest]],
    (await world.rounds(conversation_id))[0]?.messages,
  );
  expect(await world.openai.requests()).toHaveLength(1);
  expect(await world.rounds(conversation_id)).toHaveLength(1);
});
