import { Author } from '../contract/author.js';
import { newRunId } from '../contract/log-under-test.js';
import { snapshotAt, text, warning } from '../contract/events.js';
import { follow, readToHead } from '../contract/reading.js';
import { LOG_START } from '../run-log.js';
import { RedisLink } from './redis-link.js';
import { RedisLogStore } from './redis-log-store.js';
import { silent, TestRedisRunLog } from './testing/redis-log.js';
import { missingRedis, RedisProcess } from './testing/redis-process.js';

const plain = { merge: false };

(missingRedis() ? describe.skip : describe)('the keys of a run', () => {
  let server: RedisProcess;
  beforeAll(async () => {
    server = await RedisProcess.start();
  });
  afterAll(() => server.dispose());

  async function lifetimes(runId: string): Promise<number[]> {
    const keys = ['meta', 'entries', 'base'].map((key) => `millrace:{${runId}}:${key}`);
    return Promise.all(keys.map(async (key) => (await server.command('PTTL', key)) as number));
  }

  async function trimmedRun(log: TestRedisRunLog): Promise<Author> {
    const author = await new Author(log).open();
    await author.append(text('a'), text('b'), warning('c'));
    await log.trim(author.runId, snapshotAt(author.runId, { epoch: 1, seq: 1 }));
    return author;
  }

  it('stay while the log is open, and go together after it was closed', async () => {
    const log = await TestRedisRunLog.connect(server.url, { retentionSeconds: 60 });
    try {
      const author = await trimmedRun(log);
      expect(await lifetimes(author.runId)).toEqual([-1, -1, -1]);
      await author.writer.close();
      for (const left of await lifetimes(author.runId)) {
        expect(left).toBeGreaterThan(0);
        expect(left).toBeLessThanOrEqual(60_000);
      }
      await log.trim(author.runId, snapshotAt(author.runId, { epoch: 1, seq: 2 }));
      expect((await lifetimes(author.runId))[2]).toBeGreaterThan(0);
      await author.open();
      expect(await lifetimes(author.runId)).toEqual([-1, -1, -1]);
    } finally {
      log.dispose();
    }
  });

  it('tell the watchers when they go, and their writer nothing new', async () => {
    const log = await TestRedisRunLog.connect(server.url, { retentionSeconds: 0.2, pollMs: 20 });
    try {
      const author = await trimmedRun(log);
      await author.writer.close();
      const gone = new Promise<void>((resolve) => {
        log.watch(author.runId, () => {
          void log.head(author.runId).then((head) => head === null && resolve());
        });
      });
      await gone;
      expect(await log.read(author.runId, author.cursor)).toEqual({ kind: 'gap', reason: 'unknown' });
      expect(await lifetimes(author.runId)).toEqual([-2, -2, -2]);
      await author.writer.close();
    } finally {
      log.dispose();
    }
  });

  it('leave nothing but a mark behind when they are dropped, and that for a time', async () => {
    const log = await TestRedisRunLog.connect(server.url);
    try {
      const author = await trimmedRun(log);
      await log.drop(author.runId);
      const [meta, ...others] = await lifetimes(author.runId);
      expect(meta).toBeGreaterThan(0);
      expect(others).toEqual([-2, -2]);
      expect(await server.command('HGETALL', `millrace:{${author.runId}}:meta`)).toEqual(['dropped', '1']);
      const never = newRunId();
      await log.drop(never);
      expect(await lifetimes(never)).toEqual([-2, -2, -2]);
    } finally {
      log.dispose();
    }
  });

  describe('RedisLogStore.open', () => {
    let link: RedisLink;
    let store: RedisLogStore;
    beforeEach(async () => {
      link = new RedisLink({ url: server.url, logger: silent });
      store = new RedisLogStore(link, 'millrace:', 'millrace:process:test');
      await link.connect(10_000);
    });
    afterEach(() => link.close());

    it('opens one epoch when the same call comes twice', async () => {
      const runId = newRunId();
      for (const _time of [1, 2]) expect(await store.open(runId, 'one', { epoch: 2, seq: 9 })).toBe(9);
      expect(await store.head(runId)).toMatchObject({ epoch: 3, seq: 9 });
    });

    it('does nothing when it comes late, after another writer has opened', async () => {
      const runId = newRunId();
      await store.open(runId, 'one', LOG_START);
      await store.open(runId, 'two', { epoch: 1, seq: 0 });
      expect(await store.open(runId, 'one', LOG_START)).toBeNull();
      expect(await store.open(runId, 'late', { epoch: 1, seq: 0 })).toBeNull();
      expect(await store.head(runId)).toMatchObject({ epoch: 2 });
      const entries = [{ seq: 1, place: 'null', body: '{"type":"warning"}' }];
      const appending = { before: 0, after: 1, entries };
      expect(await store.append(runId, { writer: 'one', ...appending })).toBe('fenced');
      expect(await store.append(runId, { writer: 'two', ...appending })).toBe('ok');
      expect(await store.append(runId, { writer: 'two', ...appending })).toBe(1);
    });

    it('keeps a writer of before fenced when the log was lost and its epochs begin anew', async () => {
      const runId = newRunId();
      await store.open(runId, 'one', LOG_START);
      await server.command('DEL', `millrace:{${runId}}:meta`);
      expect(await store.append(runId, { writer: 'one', before: 0, after: 0, entries: [] })).toBe('lost');
      expect(await store.open(runId, 'two', LOG_START)).toBe(0);
      expect(await store.append(runId, { writer: 'one', before: 0, after: 0, entries: [] })).toBe('fenced');
    });

    it('counts exactly where seqs are as long as a position allows', async () => {
      const runId = newRunId();
      const seq = 999_999_999_999_990;
      expect(await store.open(runId, 'one', { epoch: 999_999_999_999_990, seq })).toBe(seq);
      expect(await store.head(runId)).toMatchObject({ epoch: 999_999_999_999_991, seq });
      const entries = [{ seq: seq + 1, place: 'null', body: '{"type":"warning"}' }];
      expect(await store.append(runId, { writer: 'one', before: seq, after: seq + 1, entries })).toBe('ok');
      expect(await store.read(runId, seq, 10)).toMatchObject({
        epochs: [
          { epoch: 999_999_999_999_990, firstSeq: 1 },
          { epoch: 999_999_999_999_991, firstSeq: seq + 1 },
        ],
        firstSeq: seq + 1,
        lastSeq: seq + 1,
        rows: [[seq + 1, null, { type: 'warning' }]],
      });
    });
  });

  it('lie in one slot, so that a Redis Cluster takes every script', async () => {
    const cluster = await RedisProcess.start('--cluster-enabled', 'yes');
    try {
      await cluster.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      const log = await TestRedisRunLog.connect(cluster.url, { patienceMs: 20_000 });
      const peer = await log.peer();
      const author = await new Author(log).open();
      const seen = follow(peer, author.runId, null, 5, plain);
      await author.append(text('a'), text('b'), warning('c'));
      await author.open();
      await author.append(text('d'), text('e'));
      expect(await seen).toEqual(author.events);
      await peer.trim(author.runId, snapshotAt(author.runId, { epoch: 1, seq: 2 }));
      const rest = await readToHead(log, author.runId, { epoch: 1, seq: 2 }, plain);
      expect(rest).toEqual(author.events.slice(2));
      await author.writer.close();
      await peer.drop(author.runId);
      expect(await log.head(author.runId)).toBeNull();
      log.dispose();
    } finally {
      await cluster.dispose();
    }
  });
});
