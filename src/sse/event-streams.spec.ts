import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import express from 'express';
import { countWatchers, readerOf } from '../../test/support/held-run.js';
import { SseReader } from '../../test/support/sse-client.js';
import { readConfig } from '../config/config.js';
import type { RunEventBody } from '../protocol/run-event.js';
import { MemoryRunLog } from '../run/log/memory-run-log.js';
import { RunWriter } from '../run/run-writer.js';
import { nativeDialect } from './dialects/native/native-dialect.js';
import { EventStreamWriter } from './event-stream.writer.js';
import { EventStreams } from './event-streams.js';
import { FrameReader } from './frame-reader.js';

const runId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const place = { step_id: 's', part_id: 'p' };

/** A single event is given to who follows; several are read. */
const twoEvents: RunEventBody[] = [
  { type: 'run.started', model: 'm' },
  { type: 'step.started', step_id: 's', index: 0, attempt: 1, model: 'm' },
];

/** A server with one route, which streams one run. */
class Stage {
  readonly log = new MemoryRunLog({ retentionSeconds: 60 });
  readonly streams = new EventStreams(readConfig({ SSE_HEARTBEAT_SECONDS: '60' }));
  readonly begun: Promise<void>[] = [];
  /** Each is over when its response is. */
  readonly served: Promise<unknown>[] = [];
  readonly frameReaders: FrameReader[] = [];
  readonly sockets: Socket[] = [];
  writer!: RunWriter;
  readers = 0;
  readonly #watchers = countWatchers(this.log);
  #server!: Server;
  url = '';

  async start(): Promise<this> {
    this.writer = new RunWriter(runId, await this.log.open(runId));
    const app = express();
    app.get('/', (request, response) => {
      this.readers += 1;
      this.sockets.push(request.socket);
      const reader = readerOf(this.log, runId, { onClose: () => (this.readers -= 1) });
      Object.assign(request, { id: 'request-1' });
      const frames = new FrameReader(reader, nativeDialect);
      this.frameReaders.push(frames);
      this.begun.push(this.streams.serve(frames, request, response));
      this.served.push(once(response, 'close'));
    });
    this.#server = createServer(app).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
    this.writer.write([{ type: 'run.created', mode: 'chat', model: 'm' }]);
    await this.writer.flushed();
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
    this.log.dispose();
  }

  get watchers(): number {
    return this.#watchers();
  }

  /** A chat's text of this many characters, in pieces of 10,000. */
  async say(characters: number): Promise<void> {
    this.writer.write([
      { type: 'step.started', step_id: 's', index: 0, attempt: 1, model: 'm' },
      { type: 'text.started', ...place, message_id: 'm' },
      ...Array.from({ length: characters / 10_000 }, () => ({
        type: 'text.delta' as const,
        ...place,
        delta: 'x'.repeat(10_000),
      })),
    ]);
    await this.writer.flushed();
  }

  async end(): Promise<void> {
    this.writer.write([{ type: 'run.completed', finish_reason: 'stop' }]);
    await this.writer.close();
  }
}

let stage: Stage;
beforeEach(async () => (stage = await new Stage().start()));
afterEach(() => stage.stop());

const settle = () => new Promise((resolve) => setTimeout(resolve, 50));

test('[SSE-10] every end of a response releases its writer, its watcher and its reader', async () => {
  const ended = await SseReader.open(stage.url);
  const left = await SseReader.open(stage.url);
  const reset = await SseReader.open(stage.url);
  await Promise.all([ended, left, reset].map((reader) => reader.count(1)));
  expect([stage.streams.size, stage.watchers, stage.readers]).toEqual([3, 3, 3]);
  left.leave();
  reset.reset();
  await Promise.all(stage.served.slice(1));
  expect([stage.streams.size, stage.watchers, stage.readers]).toEqual([1, 1, 1]);
  await stage.end();
  await ended.toEnd();
  await Promise.all(stage.served);
  expect([stage.streams.size, stage.watchers, stage.readers]).toEqual([0, 0, 0]);
});

test('[SSE-10] a response that was gone before the run was open is released, and reads nothing', async () => {
  const [response] = await new Promise<[express.Response, express.Request]>((resolve) => {
    const server = createServer(
      express().get('/', (request, response) => {
        response.on('close', () => resolve([response, request]));
        request.socket.destroy();
      }),
    ).listen(0, '127.0.0.1', () => {
      get(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`).on('error', () => server.close());
    });
  });
  let closed = false;
  const reader = readerOf(stage.log, runId, { onClose: () => (closed = true) });
  await new EventStreamWriter(new FrameReader(reader, nativeDialect), response.req, response).serve();
  expect([closed, stage.watchers, response.headersSent]).toEqual([true, 0, false]);
});

test('[SSE-14] a log that fails in mid-stream destroys the socket, so that nobody takes the cut for an end', async () => {
  const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  const reader = await SseReader.open(stage.url);
  await reader.count(1);
  const gone = new Error('the log is gone');
  stage.log.read = () => Promise.reject(gone);
  Object.assign(stage.log, { readNow: () => null });
  stage.writer.write(twoEvents);
  expect(await reader.over()).toBe('cut');
  await stage.served[0];
  expect(logged.mock.calls).toEqual([
    [{ run_id: runId, stream_req_id: 'request-1', err: gone }, 'A stream broke off'],
  ]);
  logged.mockRestore();
  expect([stage.streams.size, stage.watchers, stage.readers]).toEqual([0, 0, 0]);
});

describe('a reader that takes nothing', () => {
  async function stalled(): Promise<IncomingMessage> {
    const response = await new Promise<IncomingMessage>((resolve) => get(stage.url, resolve));
    response.on('error', () => undefined);
    return response;
  }

  test('[SSE-09] is not read for any more once its socket is full, and gets the rest when it wakes', async () => {
    let reads = 0;
    const readNow = stage.log.readNow.bind(stage.log);
    stage.log.readNow = (...args) => {
      reads += 1;
      return readNow(...args);
    };
    const response = await stalled();
    await stage.say(20_000_000);
    await settle();
    const before = reads;
    expect(before).toBeGreaterThan(0);
    for (let more = 0; more < 20; more += 1) {
      stage.writer.write([{ type: 'text.delta', ...place, delta: 'y' }]);
      await stage.writer.flushed();
    }
    await settle();
    expect(reads).toBe(before);
    await stage.end();
    let characters = 0;
    for await (const chunk of response) characters += (chunk as Buffer).length;
    expect(characters).toBeGreaterThan(20_000_000);
    await Promise.all(stage.served);
  });

  test('[FAULT-02] [SSE-09] is given up after a minute, gets no heartbeat, and does not keep its writer', async () => {
    await stalled();
    await stage.say(20_000_000);
    await settle();
    const now = performance.now();
    stage.streams.tick(now + 50_000);
    expect(stage.streams.size).toBe(1);
    stage.streams.tick(now + 61_000);
    await Promise.all(stage.served);
    expect([stage.streams.size, stage.watchers, stage.readers]).toEqual([0, 0, 0]);
  });
});

test('[SSE-03] a heartbeat goes to whoever was quiet for that long, and to nobody before the headers', async () => {
  const reader = await SseReader.open(stage.url);
  await reader.count(1);
  const now = performance.now();
  stage.streams.tick(now + 59_000);
  stage.streams.tick(now + 61_000);
  await reader.heartbeat();
  stage.writer.write([{ type: 'run.started', model: 'm' }]);
  await reader.count(2);
  expect(reader.heartbeats).toEqual([1]);
});

describe('a log that takes time to read', () => {
  let release: (fault?: Error) => void;
  let reads: number;

  /** From now on each read waits for `release`, and rejects with what that is given. */
  function hold(): void {
    const readNow = stage.log.readNow.bind(stage.log);
    reads = 0;
    Object.assign(stage.log, { readNow: () => null });
    stage.log.read = async (...args) => {
      reads += 1;
      await new Promise<void>((resolve, reject) => {
        release = (fault) => (fault ? reject(fault) : resolve());
      });
      return readNow(...args);
    };
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await settle();
  }

  test('[SSE-13] is read again for what came while it was read', async () => {
    hold();
    const reader = SseReader.open(stage.url);
    await until(() => reads === 1);
    stage.writer.write([{ type: 'run.started', model: 'm' }]);
    release();
    await until(() => reads === 2);
    release();
    await (await reader).count(2);
  });

  test('[SSE-08] a response that is to move to another instance ends, when that is said while it reads', async () => {
    hold();
    const opening = SseReader.open(stage.url);
    await until(() => reads === 1);
    release();
    const reader = await opening;
    await reader.count(1);
    stage.writer.write(twoEvents);
    await until(() => reads === 2);
    stage.streams.onModuleDestroy();
    release();
    expect(await reader.over()).toBe('clean');
    expect([stage.streams.size, stage.watchers, stage.readers]).toEqual([0, 0, 0]);
  });

  test('[SSE-10] one whose client leaves while it reads is released after that, also when the reading fails', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    const reader = await SseReader.open(stage.url);
    await reader.count(1);
    hold();
    stage.writer.write(twoEvents);
    await until(() => reads === 1);
    reader.leave();
    await stage.served[0];
    release(new Error('the log is gone'));
    await until(() => stage.streams.size === 0);
    expect([stage.watchers, stage.readers]).toEqual([0, 0]);
    // Nobody was there to miss it.
    expect(logged).not.toHaveBeenCalled();
    logged.mockRestore();
  });
});

test('a log that was closed without a terminal event ends its readers, also those that come later', async () => {
  const early = await SseReader.open(stage.url);
  await early.count(1);
  stage.writer.write(twoEvents);
  await stage.writer.close();
  expect(await early.over()).toBe('clean');
  const late = await SseReader.open(stage.url);
  expect(await late.over()).toBe('clean');
  expect([early.frames.length, late.frames.length]).toEqual([3, 3]);
});

test('[SSE-09] responses that were asked for at once over one connection come whole, one after the other, each larger than the socket', async () => {
  await stage.say(5_000_000);
  await stage.end();
  const { port } = new URL(stage.url);
  const one = (more = '') => `GET / HTTP/1.1\r\nhost: a\r\n${more}\r\n`;
  const socket = connect(Number(port), '127.0.0.1', () => socket.write(one() + one('connection: close\r\n')));
  // Nothing is read until both have begun and are blocked.
  await new Promise((resolve) => setTimeout(resolve, 100));
  let text = '';
  for await (const piece of socket.setEncoding('latin1')) text += piece as string;
  expect(text.match(/\[DONE\]/g)).toHaveLength(2);
  expect(text.length).toBeGreaterThan(10_000_000);
});

test('a connection that serves one response after the other keeps no listener of theirs', async () => {
  await stage.end();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const counts: number[] = [];
  for (let time = 0; time < 3; time += 1) {
    const response = await new Promise<IncomingMessage>((resolve) => get(stage.url, { agent }, resolve));
    for await (const _ of response);
    await stage.served.at(-1);
    counts.push(stage.sockets.at(-1)!.listenerCount('drain'));
  }
  expect(new Set(stage.sockets).size).toBe(1);
  expect(new Set(counts).size).toBe(1);
  agent.destroy();
});

test('[SSE-13] serving is over once the response has begun, and the response goes on', async () => {
  const reader = await SseReader.open(stage.url);
  await reader.count(1);
  await stage.begun[0];
  expect(stage.streams.size).toBe(1);
  await stage.end();
  await reader.toEnd();
});

test('[SSE-14] a reader whose frames cannot be made breaks off alone: the append and the other readers go on', async () => {
  const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  const [sound, faulty] = [await SseReader.open(stage.url), await SseReader.open(stage.url)];
  await Promise.all([sound.count(1), faulty.count(1)]);
  const [, second] = stage.frameReaders;
  second!.take = () => {
    throw new Error('not one line');
  };
  stage.writer.write([{ type: 'run.started', model: 'm' }]);
  expect(await faulty.over()).toBe('cut');
  await sound.count(2);
  expect(stage.writer.isAway).toBe(false);
  expect(logged).toHaveBeenCalledTimes(1);
  logged.mockRestore();
  await stage.end();
  await sound.toEnd();
});
