import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy } from '../../../../test/support/fault-proxy.js';
import type { RunEvent } from '../../../protocol/run-event.js';
import { Author } from '../contract/author.js';
import { snapshotAt, text, warning } from '../contract/events.js';
import { follow, readEvents, readToHead } from '../contract/reading.js';
import type { RunLog } from '../run-log.js';
import { FencedError } from '../run-log.js';
import { LogLostError } from '../log-lost-error.js';
import type { RedisRunLogOptions } from './redis-run-log.js';
import { TestRedisRunLog } from './testing/redis-log.js';
import { missingRedis, RedisProcess } from './testing/redis-process.js';

const plain = { merge: false };
/** For what rejects because Redis is away; what must not reject is done by a log with the usual patience. */
const hasty = { commandTimeoutMs: 300, patienceMs: 600 };
const unavailable = { code: 'log_unavailable', status: 503, retryable: true };

/** Resolves when `advanced` is called. */
function news(log: RunLog, runId: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = log.watch(runId, () => {
      stop();
      resolve();
    });
  });
}

(missingRedis() ? describe.skip : describe)('RedisRunLog when things fail', () => {
  let server: RedisProcess;
  let log: TestRedisRunLog;
  const logs: TestRedisRunLog[] = [];

  async function connect(options: Partial<RedisRunLogOptions> = {}, url = server.url) {
    const made = await TestRedisRunLog.connect(url, options);
    logs.push(made);
    return made;
  }

  beforeEach(async () => {
    server = await RedisProcess.start();
    log = await connect();
  });
  afterEach(async () => {
    for (const made of logs.splice(0)) made.dispose();
    await server.dispose();
  });

  /** Repeats what rejects because Redis is away. */
  async function insist<T>(act: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        expect(error).toMatchObject(unavailable);
        await sleep(20);
      }
    }
  }

  /** As `follow`, by a reader that asks again when Redis was away. */
  async function followThrough(one: RunLog, runId: string, lastSeq: number): Promise<RunEvent[]> {
    const patient: RunLog = {
      open: (...args) => one.open(...args),
      head: (...args) => one.head(...args),
      trim: (...args) => one.trim(...args),
      base: (...args) => one.base(...args),
      drop: (...args) => one.drop(...args),
      watch: (...args) => one.watch(...args),
      read: (...args) => insist(() => one.read(...args)),
    };
    return follow(patient, runId, { epoch: 1, seq: 0 }, lastSeq, plain);
  }

  describe('two processes', () => {
    it('show a reader of one what the other writes, each event once', async () => {
      const peer = await log.peer();
      const author = await new Author(log).open();
      const last = 200;
      const seen = Promise.all([log, peer].map((one) => follow(one, author.runId, null, last, plain)));
      for (let seq = 1; seq <= last; seq += 1) await author.append(text(`${seq} `));
      expect(await seen).toEqual([author.events, author.events]);
    });

    it('take over from each other: readers of both go on, the older writer is fenced', async () => {
      const peer = await log.peer();
      const author = await new Author(log).open();
      const seen = Promise.all([log, peer].map((one) => follow(one, author.runId, null, 40, plain)));
      for (let seq = 1; seq <= 20; seq += 1) await author.append(text(`${seq} `));
      const older = author.writer;
      const late = author.next(text('late'));

      const newer = await peer.open(author.runId, author.cursor);
      const rest = [];
      for (let seq = 21; seq <= 40; seq += 1) {
        const [event] = author.next(text(`${seq} `));
        rest.push({ ...event!, epoch: 2, seq });
        await newer.append(rest.slice(-1));
      }
      await expect(older.append(late)).rejects.toThrow(FencedError);
      const whole = [...author.events, ...rest];
      expect(await seen).toEqual([whole, whole]);
    });

    it('hear of every append also where no message comes', async () => {
      await server.command('ACL', 'SETUSER', 'deaf', 'on', '>secret', '+@all', '~*', 'resetchannels');
      const deaf = await connect({ pollMs: 20 }, server.url.replace('//', '//deaf:secret@'));
      const author = await new Author(log).open();
      const seen = follow(deaf, author.runId, { epoch: 1, seq: 0 }, 3, plain);
      for (const word of ['a', 'b', 'c']) {
        const heard = news(deaf, author.runId);
        await author.append(text(word));
        await heard;
      }
      expect(await seen).toEqual(author.events);
    });

    it('hear again after their connection for messages was cut', async () => {
      const peer = await connect({ pollMs: 3_600_000 });
      const author = await new Author(log).open();
      const seen = follow(peer, author.runId, null, 60, plain);
      for (let seq = 1; seq <= 60; seq += 1) {
        if (seq % 20 === 0) await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
        await author.append(text(`${seq} `));
      }
      expect(await seen).toEqual(author.events);
    });
  });

  describe('a Redis that is restarted', () => {
    it.each(['SIGTERM', 'SIGKILL'] as const)(
      'with its data (%s): writer and readers go on',
      async (signal) => {
        const impatient = await connect(hasty);
        const author = await new Author(impatient).open();
        const seen = Promise.all([impatient, log].map((one) => followThrough(one, author.runId, 60)));
        for (let seq = 1; seq <= 30; seq += 1) await author.append(text(`${seq} `));
        await server.kill(signal);
        await expect(author.append(text('31 '))).rejects.toMatchObject(unavailable);
        await expect(impatient.head(author.runId)).rejects.toMatchObject(unavailable);
        await server.start();
        await insist(() => author.append(text('31 ')));
        for (let seq = 32; seq <= 60; seq += 1) await author.append(text(`${seq} `));
        expect(await seen).toEqual([author.events, author.events]);
        expect(author.events).toHaveLength(60);
      },
    );

    it('without them: the writer is told, and goes on in a new epoch above all that was', async () => {
      const author = await new Author(log).open();
      await author.append(text('a'), text('b'), text('c'));
      const before = author.cursor;
      const peer = await log.peer();
      const woken = Promise.all([news(log, author.runId), news(peer, author.runId)]);
      await server.command('FLUSHALL');

      await expect(author.append(text('d'))).rejects.toThrow(LogLostError);
      await woken;
      for (const one of [log, peer]) {
        expect(await one.read(author.runId, before)).toEqual({ kind: 'gap', reason: 'unknown' });
        expect(await one.head(author.runId)).toBeNull();
      }
      await author.open(before);
      expect(author.cursor).toEqual({ epoch: 2, seq: 3 });
      await log.trim(author.runId, snapshotAt(author.runId, author.cursor));
      const [event] = await author.append(text('d'));
      for (const one of [log, peer]) {
        expect(await one.read(author.runId, { epoch: 1, seq: 4 })).toEqual({ kind: 'gap', reason: 'lost' });
        expect(await one.read(author.runId, { epoch: 1, seq: 1 })).toEqual({
          kind: 'gap',
          reason: 'trimmed',
        });
        expect((await readEvents(one, author.runId, before)).events).toEqual([event]);
        expect(await one.base(author.runId)).toMatchObject({ through_seq: 3 });
      }
    });

    it('with an older state: what the writer appends is refused as lost, and cursors beyond are ahead', async () => {
      const forgetful = await RedisProcess.start('--appendonly', 'no');
      try {
        const near = await connect({}, forgetful.url);
        const author = await new Author(near).open();
        await author.append(text('a'));
        await forgetful.command('SAVE');
        await author.append(text('b'));
        await forgetful.kill();
        await forgetful.start();

        const later = await insist(() => near.head(author.runId));
        expect(later).toMatchObject({ epoch: 1, seq: 1 });
        await expect(author.append(text('c'))).rejects.toThrow(LogLostError);
        expect(await near.read(author.runId, { epoch: 1, seq: 2 })).toEqual({ kind: 'gap', reason: 'ahead' });
        await author.open(author.cursor);
        expect(author.cursor).toEqual({ epoch: 2, seq: 2 });
      } finally {
        await forgetful.dispose();
      }
    });

    it('without some of its keys: a hole is a gap and never read over', async () => {
      const author = await new Author(log).open();
      const peer = await log.peer();
      for (const word of ['a', 'b', 'c', 'd']) await author.append(text(word), warning(word));
      const entries = `millrace:{${author.runId}}:entries`;
      await server.command('XDEL', entries, '4-0');
      const { events, cursor } = await readEvents(peer, author.runId, null, plain);
      expect(events).toEqual(author.events.slice(0, 3));
      expect(await peer.read(author.runId, cursor)).toEqual({ kind: 'gap', reason: 'lost' });
      await server.command('DEL', entries);
      expect(await peer.read(author.runId, null)).toEqual({ kind: 'gap', reason: 'lost' });
    });

    it('without its scripts: they are sent again', async () => {
      const author = await new Author(log).open();
      await server.command('SCRIPT', 'FLUSH');
      await author.append(text('a'));
      expect(await readToHead(await log.peer(), author.runId, null, plain)).toEqual(author.events);
    });
  });

  describe('a Redis that does not answer', () => {
    it('makes an append reject while it is away; the same events go in once when it is back', async () => {
      const near = await connect(hasty);
      const author = await insist(() => new Author(near).open());
      await insist(() => author.append(text('a')));
      let isBack = false;
      server.signal('SIGSTOP');
      const back = sleep(3_000).then(() => {
        isBack = true;
        server.signal('SIGCONT');
      });
      await expect(author.append(text('b'), text('c'))).rejects.toMatchObject(unavailable);
      await expect(author.append(text('b'), text('c'))).rejects.toMatchObject(unavailable);
      await expect(near.head(author.runId)).rejects.toMatchObject(unavailable);
      expect(isBack).toBe(false);
      expect((await readEvents(near, author.runId, null)).events).toMatchObject([{ delta: 'a' }]);
      await back;
      await insist(() => author.append(text('b'), text('c'), text('d')));
      await insist(() => author.append(text('e')));
      expect(await readToHead(log, author.runId, null, plain)).toEqual(author.events);
      expect(author.events).toHaveLength(5);
    });

    it('rejects open and close as well; both can be repeated, opening with the next token', async () => {
      const near = await connect(hasty);
      const author = await insist(() => new Author(near).open());
      const other = new Author(near);
      server.signal('SIGSTOP');
      await expect(author.writer.close()).rejects.toMatchObject(unavailable);
      await expect(other.open()).rejects.toMatchObject(unavailable);
      server.signal('SIGCONT');
      await insist(() => author.writer.close());
      expect(await log.head(author.runId)).toMatchObject({ closed: true });
      // The first may have been done after all.
      await insist(() => other.open({ epoch: 1, seq: 0 }));
      await insist(() => other.append(text('a')));
      expect(await log.head(other.runId)).toMatchObject({ seq: 1 });
    });

    it('lets a reader at hand have what was appended, and wakes all when it is back', async () => {
      const quick = await connect({ ...hasty, pollMs: 50 });
      const author = await new Author(quick).open();
      const peer = await quick.peer();
      await author.append(text('a'));
      await server.kill();
      expect((await readEvents(quick, author.runId, null)).events).toEqual(author.events);
      await expect(peer.read(author.runId, null)).rejects.toMatchObject(unavailable);
      const woken = Promise.all([news(quick, author.runId), news(peer, author.runId)]);
      await server.start();
      await woken;
    });
  });

  describe('a Redis that is full', () => {
    it('rejects an append and keeps nothing of it, reads on, and takes it when there is room', async () => {
      const near = await connect(hasty);
      const author = await new Author(near).open();
      await author.append(text('a'));
      await server.command('CONFIG', 'SET', 'maxmemory', '1');
      await expect(author.append(text('b'), warning('c'))).rejects.toMatchObject(unavailable);
      await expect(new Author(near).open()).rejects.toMatchObject(unavailable);
      const peer = await log.peer();
      expect(await readToHead(peer, author.runId, null, plain)).toEqual(author.events);
      await server.command('CONFIG', 'SET', 'maxmemory', '0');
      await author.append(text('b'), warning('c'));
      expect(await readToHead(peer, author.runId, null, plain)).toEqual(author.events);
    });
  });

  describe('a connection that is cut', () => {
    let proxy: FaultProxy;
    beforeEach(async () => {
      proxy = await FaultProxy.start(server.url);
    });
    afterEach(() => proxy.stop());

    it.each(['request', 'answer'] as const)('in the %s of an append: it is there once', async (fault) => {
      const far = await connect({}, proxy.url);
      const author = await new Author(far).open();
      await author.append(text('a'));
      proxy.impose({ cutOn: { text: 'marked', at: fault } });
      await author.append(text('marked'), text('b'));
      await author.append(text('c'));
      expect(await readToHead(log, author.runId, null, plain)).toEqual(author.events);
    });

    it.each(['request', 'answer'] as const)(
      'in the %s of an open or a close: it is done once',
      async (fault) => {
        const far = await connect({}, proxy.url);
        const author = new Author(far);
        proxy.impose({ cutOn: { text: author.runId, at: fault } });
        await author.open();
        expect(author.cursor).toEqual({ epoch: 1, seq: 0 });
        await author.append(text('a'));
        proxy.impose({ cutOn: { text: author.runId, at: fault } });
        await author.writer.close();
        expect(await log.head(author.runId)).toMatchObject({ epoch: 1, seq: 1, closed: true });
      },
    );

    it('at any time: what was appended is there once, in order, whatever was retried', async () => {
      const impatient = await connect({ patienceMs: 1, commandTimeoutMs: 500 }, proxy.url);
      const batch = fc.record({
        size: fc.integer({ min: 1, max: 5 }),
        fault: fc.constantFrom(null, 'request' as const, 'answer' as const, 'answer' as const),
        /** Whether what was rejected is appended again together with what came meanwhile. */
        together: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 8 }), async (batches) => {
          const author = await insist(() => new Author(impatient).open());
          let bodies = [];
          for (const { size, fault, together } of batches) {
            for (let index = 0; index < size; index += 1) bodies.push(text(`${index} `));
            proxy.impose(fault === null ? {} : { cutOn: { text: author.runId, at: fault } });
            const [now] = [bodies];
            const outcome = await author.append(...now).catch((error: unknown) => error);
            if (Array.isArray(outcome)) bodies = [];
            else {
              expect(outcome).toMatchObject(unavailable);
              if (together) continue;
              await insist(() => author.append(...now));
              bodies = [];
            }
          }
          await insist(() => author.append(...bodies, warning('end')));
          expect(await readToHead(log, author.runId, null, plain)).toEqual(author.events);
        }),
        { numRuns: 15 },
      );
    });
  });
});
