import { sql, type Kysely } from 'kysely';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrate } from './migrate.js';
import { openDatabase } from './open-database.js';
import type { Database } from './schema.js';
import { openSqlite } from './sqlite-database.js';
import { lockFile } from './sqlite-lock.js';

let folder: string;
const opened: Kysely<Database>[] = [];
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-sqlite-'));
});
afterEach(async () => {
  await close();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const file = () => join(folder, 'data', 'millrace.db');
async function open(path = file()): Promise<Kysely<Database>> {
  const db = await openDatabase(`sqlite:${path}`);
  opened.push(db);
  return db;
}
async function close(): Promise<void> {
  await Promise.all(opened.splice(0).map((db) => db.destroy()));
}
const titles = async (db: Kysely<Database>) =>
  (await db.selectFrom('conversations').select('title').execute()).map(({ title }) => title);
const addConversation = (db: Kysely<Database>, title: string) =>
  db
    .insertInto('conversations')
    .values({
      tenant_id: 't',
      user_id: 'u',
      id: title.slice(0, 20),
      type: 'chat',
      title,
      titled_by: 'prompt',
      status: 'active',
      tags: '[]',
      search_text: '',
      round_count: 0,
      prompt_tokens: 0,
      completion_tokens: 0,
      created_at: 1,
      updated_at: 1,
    })
    .execute();

/** Another process that does what `lockFile` does, written out, and stays. */
async function holder(): Promise<ChildProcess> {
  const script = `
    const { DatabaseSync } = require('node:sqlite');
    const lock = new DatabaseSync(${JSON.stringify(`${file()}.lock`)});
    lock.exec('BEGIN IMMEDIATE; PRAGMA user_version = ' + process.pid + '; COMMIT; BEGIN IMMEDIATE;');
    setInterval(() => lock, 1000);
    process.stdout.write('locked');`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

describe('openSqlite', () => {
  it('makes the folder, and keeps what was committed', async () => {
    await addConversation(await open(), 'kept');
    await close();
    expect(await titles(await open())).toEqual(['kept']);
  });

  it('runs transactions of one connection one after the other', async () => {
    const db = openSqlite('sqlite::memory:');
    opened.push(db);
    await migrate(db);
    await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        db.transaction().execute(async (transaction) => {
          const before = await transaction.selectFrom('conversations').select('id').execute();
          await new Promise((resolve) => setImmediate(resolve));
          await transaction
            .insertInto('instances')
            .values({ id: String(before.length + at * 100), expires_at: at })
            .execute();
        }),
      ),
    );
    expect(await db.selectFrom('instances').selectAll().execute()).toHaveLength(10);
  });

  it('says that the disk is full, and goes on when there is room', async () => {
    const db = await open();
    const { rows } = await sql<{ page_count: number }>`PRAGMA page_count`.execute(db);
    await sql.raw(`PRAGMA max_page_count = ${rows[0]!.page_count + 1}`).execute(db);
    const write = db.transaction().execute(async (transaction) => {
      await addConversation(transaction, 'a'.repeat(100_000));
    });
    await expect(write).rejects.toMatchObject({ code: 'storage_full', retryable: true });

    expect(await titles(db)).toEqual([]);
    await sql`PRAGMA max_page_count = 100000`.execute(db);
    await addConversation(db, 'b');
    expect(await titles(db)).toEqual(['b']);
  });

  it('leaves nothing of a migration that fails', async () => {
    const db = openSqlite('sqlite::memory:');
    opened.push(db);
    await sql`CREATE TABLE rounds (id text)`.execute(db);
    await expect(migrate(db)).rejects.toThrow('The database could not be brought to the newest schema');

    const { rows } = await sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table'`.execute(
      db,
    );
    expect(rows.map(({ name }) => name)).not.toContain('conversations');
    await sql`DROP TABLE rounds`.execute(db);
    await migrate(db);
    await addConversation(db, 'whole');
    expect(await titles(db)).toEqual(['whole']);
  });
});

describe('the lock of a database file', () => {
  it('refuses a second user of the file, by the number of the process', async () => {
    await open();
    await expect(open()).rejects.toThrow(
      `Database file ${file()} is already in use by process ${process.pid}`,
    );
  });

  it('refuses one that knows the file by a link', async () => {
    await open();
    const link = join(folder, 'link.db');
    symlinkSync(file(), link);
    await expect(open(link)).rejects.toThrow(`is already in use by process ${process.pid}`);
    symlinkSync(join(folder, 'data'), join(folder, 'linked'));
    await expect(open(join(folder, 'linked', 'millrace.db'))).rejects.toThrow('is already in use');
  });

  it('is free when the database is closed', async () => {
    await open();
    await close();
    expect(await titles(await open())).toEqual([]);
  });

  it('is held by another process until that is killed, whatever number it left behind', async () => {
    await open();
    await close();
    const other = await holder();
    await expect(open()).rejects.toThrow(`Database file ${file()} is already in use by process ${other.pid}`);

    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(existsSync(`${file()}.lock`)).toBe(true);
    expect(await titles(await open())).toEqual([]);
  });

  it('does not trust the number of a living process that holds no lock', () => {
    const path = join(folder, 'x.db');
    lockFile(path).release();
    const left = new DatabaseSync(`${path}.lock`);
    expect(left.prepare('PRAGMA user_version').get()).toEqual({ user_version: process.pid });
    left.close();
    lockFile(path).release();
  });

  it('tells a lock that cannot be made from one that is held', () => {
    const path = join(folder, 'y.db');
    writeFileSync(`${path}.lock`, 'this is not a database, though it is long enough to be one. '.repeat(20));
    expect(() => lockFile(path)).toThrow(`Database file ${path} cannot be locked`);
  });
});
