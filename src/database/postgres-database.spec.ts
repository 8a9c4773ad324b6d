import { jest } from '@jest/globals';
import { sql, type Kysely } from 'kysely';
import { FaultProxy } from '../../test/support/fault-proxy.js';
import { startOwnPostgres, type OwnPostgres } from '../../test/support/postgres.js';
import { RunStore } from '../run/run.store.js';
import { migrate } from './migrate.js';
import { openDatabase } from './open-database.js';
import { openPostgres, type PostgresOptions } from './postgres-database.js';
import type { Database } from './schema.js';
import { transact } from './transact.js';

jest.setTimeout(60_000);

let postgres: OwnPostgres;
let opened: Kysely<Database>[] = [];
let proxies: FaultProxy[] = [];
beforeAll(async () => {
  postgres = await startOwnPostgres();
});
afterEach(async () => {
  await Promise.all(opened.map((db) => db.destroy()));
  await Promise.all(proxies.map((proxy) => proxy.stop()));
  opened = [];
  proxies = [];
});
afterAll(() => postgres?.stop());

function keep(db: Kysely<Database>): Kysely<Database> {
  opened.push(db);
  return db;
}
const open = (url: string, options?: PostgresOptions) => keep(openPostgres(url, options));
const owner = { tenant_id: 't', user_id: 'u' };
/** The commit is done, and nobody is told. */
const cutAfterCommit = { cutOn: { text: 'commit', at: 'answer' as const } };

async function proxyBefore(url: string): Promise<FaultProxy> {
  const proxy = await FaultProxy.start(url);
  proxies.push(proxy);
  return proxy;
}

describe('openDatabase', () => {
  it('migrates once when several instances start at the same time', async () => {
    const url = await postgres.createDatabase();
    const instances = await Promise.all(Array.from({ length: 4 }, () => openDatabase(url)));
    opened.push(...instances);
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
      instances[0]!,
    );
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    expect(rows[0]).toEqual({ name: '0001-conversations-rounds-runs' });
    for (const db of instances) expect(await db.selectFrom('runs').selectAll().execute()).toEqual([]);
  });

  it('says where it cannot connect, without the password', async () => {
    const url = 'postgres://millrace:secret-word@127.0.0.1:9/chats';
    const error = await openDatabase(url, 0).catch((reason: unknown) => reason as Error);
    expect((error as Error).message).toBe(
      'The database at 127.0.0.1:9/chats cannot be reached: ECONNREFUSED',
    );
  });

  it('says that there is no such database, at once', async () => {
    const url = Object.assign(new URL(await postgres.createDatabase()), { pathname: '/nowhere' }).href;
    await expect(openDatabase(url)).rejects.toThrow(
      /refused the connection: database "nowhere" does not exist/,
    );
  });

  it('waits for a server that is starting', async () => {
    const url = await postgres.createDatabase();
    await postgres.process.stop();
    const opening = openDatabase(url);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await postgres.process.start();
    expect(
      await keep(await opening)
        .selectFrom('runs')
        .selectAll()
        .execute(),
    ).toEqual([]);
  });
});

describe('openPostgres', () => {
  it('reads int8 as numbers, and refuses what a number cannot hold', async () => {
    const db = open(await postgres.createDatabase());
    const { rows } = await sql`select 1764000000000::int8 as time, count(*) as count, 'x' as text`.execute(
      db,
    );
    expect(rows).toEqual([{ time: 1_764_000_000_000, count: 1, text: 'x' }]);
    await expect(sql`select 9007199254740993::int8`.execute(db)).rejects.toThrow(RangeError);
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  });

  it('goes on when every connection is broken', async () => {
    const url = await postgres.createDatabase();
    const onIdleError = jest.fn();
    const db = open(url, { onIdleError, max: 2 });
    await migrate(db);
    const slow = sql`select pg_sleep(30)`.execute(db);
    const failed = expect(slow).rejects.toMatchObject({ code: 'storage_failed' });
    await sql`select 1`.execute(db);
    await postgres.breakConnections(url);

    await failed;
    // Until the pool has seen that its idle connection is broken too, it may still lend it.
    while (onIdleError.mock.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await db.selectFrom('runs').selectAll().execute()).toEqual([]);
  });

  it('ends a statement that takes too long, and keeps its connection', async () => {
    const db = open(await postgres.createDatabase(), { statementMs: 200, max: 1 });
    await expect(sql`select pg_sleep(30)`.execute(db)).rejects.toMatchObject({ code: 'storage_failed' });
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  });

  it('gives up a connection whose server is silent, and takes another', async () => {
    const url = await postgres.createDatabase();
    const proxy = await proxyBefore(url);
    const db = open(proxy.url, { statementMs: 100, silenceMs: 100, max: 1 });
    await sql`select 1`.execute(db);
    proxy.impose({ swallows: true });
    await expect(
      db.transaction().execute((transaction) => sql`select 1`.execute(transaction)),
    ).rejects.toMatchObject({ code: 'storage_failed' });
    proxy.impose();
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  });

  it('[FAULT-23] stores a run once when the answer to its commit is lost', async () => {
    const proxy = await proxyBefore(await postgres.createDatabase());
    const db = keep(await openDatabase(proxy.url));
    const store = new RunStore(db);
    const run = {
      id: 'run-1',
      instanceId: 'one',
      owner,
      mode: 'chat' as const,
      model: 'plain',
      conversation: { id: 'c', type: 'chat' as const, title: 'Hello' },
      messages: [{ role: 'user' as const, content: 'hello' }],
    };
    proxy.impose(cutAfterCommit);
    expect(await store.start(run, 1)).toMatchObject({ round: 1, conversationCreated: true });

    const end = {
      state: 'completed' as const,
      terminal: { type: 'run.completed' },
      usage: { input_tokens: 1, output_tokens: 2 },
      lastSeq: 3,
      releaseKey: false,
      messages: run.messages,
    };
    proxy.impose(cutAfterCommit);
    await expect(store.finish(run.id, 1, end, 2)).rejects.toMatchObject({ code: 'storage_failed' });
    // The end was stored all the same: the second try finds it and adds nothing.
    expect(await store.finish(run.id, 1, end, 3)).toBe(false);
    expect(await db.selectFrom('runs').select(['state', 'ended_at']).execute()).toEqual([
      { state: 'completed', ended_at: 2 },
    ]);
    expect(await db.selectFrom('rounds').select('round').execute()).toEqual([{ round: 1 }]);
    expect(await db.selectFrom('conversations').select('completion_tokens').execute()).toEqual([
      { completion_tokens: 2 },
    ]);
    expect(proxy.cuts).toBe(2);
  });
});

describe('transact', () => {
  it('runs the work again when two transactions wait for each other', async () => {
    const db = open(await postgres.createDatabase());
    await migrate(db);
    await db
      .insertInto('instances')
      .values([
        { id: 'a', expires_at: 0 },
        { id: 'b', expires_at: 0 },
      ])
      .execute();
    let waiting = 0;
    let both = () => {};
    const met = new Promise<void>((resolve) => (both = resolve));
    const addTo = (first: string, second: string) =>
      transact(db, async (transaction) => {
        const add = (id: string) =>
          transaction
            .updateTable('instances')
            .set((select) => ({ expires_at: sql<number>`${select.ref('expires_at')} + 1` }))
            .where('id', '=', id)
            .execute();
        await add(first);
        waiting += 1;
        if (waiting === 2) both();
        await met;
        await add(second);
      });
    await Promise.all([addTo('a', 'b'), addTo('b', 'a')]);
    expect(waiting).toBe(3);
    expect(await db.selectFrom('instances').select('expires_at').execute()).toEqual([
      { expires_at: 2 },
      { expires_at: 2 },
    ]);
  });
});
