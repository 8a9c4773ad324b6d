import { applyEvent } from '../../src/protocol/apply-event.js';
import { emptyRunState, sequenceOf } from '../../src/protocol/run-state.js';
import type { RunEvent } from '../../src/protocol/run-event.js';
import { connect } from 'node:net';
import { FaultProxy } from '../support/fault-proxy.js';
import { checkHistory, comparable, decodeFrames, fold, textsOf } from '../support/history-checker.js';
import { scripts } from '../support/scripted-openai/index.js';
import { SseReader, type WireFrame } from '../support/sse-client.js';
import { newConversation, World } from '../support/world.js';

const { answer, done, finish, gate, reasoning, text, usage } = scripts;

let world: World;
beforeAll(async () => (world = await World.start()));
afterAll(() => world.stop());
afterEach(() => world.openai.reset());

/** A run that has said all of its first half, which a reader has seen, and waits. */
async function heldRun(...pieces: string[]): Promise<SseReader> {
  await world.openai.push(
    answer(reasoning('想 '), text(...pieces), gate('rest'), text('the end'), finish(), usage(), done()),
  );
  const reader = await world.chat({ conversation_id: newConversation() });
  await reader.frame((item) => JSON.stringify(item).includes(pieces.at(-1)!));
  return reader;
}

/** Reads on, after a cursor, up to the frame of a position, and leaves. */
async function readTo(last: string, runId: string, after: string | undefined): Promise<WireFrame[]> {
  const reader = await world.follow(runId, '', after === undefined ? {} : { 'last-event-id': after });
  for (let frame = await reader.next(); frame && frame.id !== last;) frame = await reader.next();
  reader.leave();
  return reader.frames;
}

/**
 * Reads until the connection breaks or the frame of a position has come. Three thousand of these need something light: HTTP/1.0, as
 * nginx speaks it, has no chunks, so that the body is what follows the headers.
 */
async function readRaw(base: string, path: string, last: string) {
  const { host, hostname, port } = new URL(base);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(`GET ${path} HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
  let bytes = Buffer.alloc(0);
  let frames: WireFrame[] = [];
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    frames = framesOf(bytes.toString());
    if (frames.at(-1)?.id === last) socket.destroy();
  });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('close', resolve));
  return { length: bytes.length, frames };
}

/** The whole frames of an answer; each has an id. */
function framesOf(answerText: string): WireFrame[] {
  const [, body = ''] = answerText.split('\r\n\r\n', 2);
  return body
    .split('\n\n')
    .slice(0, -1)
    .map((raw) => {
      const [, id, data] = /^id: (\S+)\n(?:retry: \d+\n)?data: (.*)$/.exec(raw)!;
      return { id: id!, data: data!, raw };
    });
}

test('[FAULT-01] [P1] [P4] a connection that is reset at any byte: the run goes on, and its reader gets every event once', async () => {
  const own = await heldRun('你好 ', 'wörld '.repeat(60), '🌏');
  const { runId, lastId } = own;
  const stateOf = (frames: WireFrame[]) => JSON.stringify(fold(decodeFrames(frames)));
  const expected = stateOf(own.frames);
  const proxies = await Promise.all(Array.from({ length: 8 }, () => FaultProxy.start(world.server.url)));
  /** What comes after a cursor is the same at whatever byte the connection was cut. */
  const rests = new Map<string | undefined, Promise<WireFrame[]>>();
  const restAfter = (cursor: string | undefined) => {
    const known = rests.get(cursor) ?? readTo(lastId, runId, cursor);
    rests.set(cursor, known);
    return known;
  };
  const lengths = new Set<number>();
  /** Cuts a reader that begins at the beginning; false when it has got all that there is before the cut. */
  const isCutAt = async (proxy: FaultProxy, bytes: number): Promise<boolean> => {
    proxy.impose({ cutAfter: { bytes, direction: 'down', how: 'rst' } });
    const { length, frames } = await readRaw(proxy.url, `/api/runs/${runId}/events`, lastId);
    if (frames.at(-1)?.id === lastId) return false;
    lengths.add(length);
    const rest = await restAfter(frames.at(-1)?.id);
    expect(stateOf([...frames, ...rest])).toBe(expected);
    return true;
  };
  await Promise.all(
    proxies.map(async (proxy, first) => {
      let bytes = first + 1;
      while (await isCutAt(proxy, bytes)) bytes += proxies.length;
      expect(bytes).toBeGreaterThan(3000);
      await proxy.stop();
    }),
  );
  // The cuts were where they were meant to be.
  expect(lengths.size).toBeGreaterThan(2900);
  await world.openai.release('rest');
  const { state } = checkHistory([await own.toEnd()]);
  expect(state.phase).toBe('completed');
}, 60_000);

test('[FAULT-03] [P1] a client that comes back while its old connection lives is served on both, and applies each event once', async () => {
  const old = await heldRun('first ', 'second ');
  const again = await world.follow(old.runId, '', { 'last-event-id': old.frames[3]!.id! });
  await again.frame((item) => JSON.stringify(item).includes('second '));
  await world.openai.release('rest');
  const before = old.frames.slice(0, 4);
  const [one, other] = [await old.toEnd(), await again.toEnd()];
  const { state } = checkHistory([one, [...before, ...other]]);
  expect(textsOf(state)).toEqual(['first second the end']);

  // Both at once, as a client has them that has not noticed yet: in turns, and each first.
  for (const [first, second] of [
    [one, other],
    [other, one],
  ]) {
    const both = [...before, ...first!.flatMap((frame, at) => [frame, ...second!.slice(at, at + 1)])];
    const folded = emptyRunState(old.runId);
    for (const { id, data } of both) {
      const [event] = id === undefined ? [] : decodeFrames([{ id, data, raw: '' }]);
      if (event && sequenceOf(folded.seq, event as RunEvent) === 'next')
        applyEvent(folded, event as RunEvent);
    }
    expect(comparable(folded)).toEqual(comparable(state));
  }
});

test('[FAULT-35] [P4] [P15] a thousand clients that resume at once are all served, with the same answers', async () => {
  const own = await heldRun(...Array.from({ length: 40 }, (_, at) => `word ${at} `));
  const cursors = own.frames.map(({ id }) => id!);
  const readers = await Promise.all(
    Array.from({ length: 1000 }, (_, at) =>
      world.follow(own.runId, '', { 'last-event-id': cursors[at % cursors.length]! }),
    ),
  );
  expect(new Set(readers.map(({ status }) => status))).toEqual(new Set([200]));
  await world.openai.release('rest');
  const whole = await own.toEnd();
  const rests = await Promise.all(readers.map((reader) => reader.toEnd()));
  checkHistory([whole, ...rests.map((rest, at) => [...whole.slice(0, (at % cursors.length) + 1), ...rest])]);
  expect((await world.get('/health/ready')).status).toBe(200);
}, 60_000);
