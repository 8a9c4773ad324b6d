import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import type { StoredMessage } from '../../src/conversation/stored-message.js';
import { DATABASE } from '../../src/database/database.module.js';
import type { Database } from '../../src/database/schema.js';
import { freePort } from '../support/free-port.js';
import { checkHistory, textsOf } from '../support/history-checker.js';
import { startInProcess, type InProcessApp } from '../support/in-process-app.js';
import { startPostgres } from '../support/postgres.js';
import { scripts, startScriptedOpenAi, type ScriptedOpenAi } from '../support/scripted-openai/index.js';
import { SseReader } from '../support/sse-client.js';

const { answer, done, finish, gate, text, usage } = scripts;
const MAIN = resolve(import.meta.dirname, '../../dist/server/main.js');

let openai: ScriptedOpenAi;
beforeAll(async () => (openai = await startScriptedOpenAi()));
afterAll(() => openai.stop());

const model = () => ({
  OPENAI_BASE_URL: openai.baseUrl,
  OPENAI_API_KEY: 'sk-canary-42',
  OPENAI_MODEL: 'plain',
  CHAT_TITLES: 'off',
});

/** Where the database is, and how it is made full: really, or by an error of the real server. */
interface Disk {
  url: string;
  fill(db: Kysely<Database>): Promise<void>;
  makeRoom(db: Kysely<Database>): Promise<void>;
  dispose(): Promise<void>;
}

/** More than what the pages of a small database have free. */
const MUCH = 'much '.repeat(30_000);

async function sqliteDisk(): Promise<Disk> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-full-'));
  return {
    url: `sqlite:${join(folder, 'millrace.db')}`,
    async fill(db) {
      const { rows } = await sql<{ page_count: number }>`PRAGMA page_count`.execute(db);
      await sql.raw(`PRAGMA max_page_count = ${rows[0]!.page_count}`).execute(db);
    },
    async makeRoom(db) {
      await sql`PRAGMA max_page_count = 1000000`.execute(db);
    },
    dispose: () => rm(folder, { recursive: true }),
  };
}

/** What PostgreSQL says of a disk on which no table can grow (SQLSTATE 53100), at every row that would be written. */
async function postgresDisk(): Promise<Disk> {
  const postgres = await startPostgres();
  const onEachTable = async (db: Kysely<Database>, what: (table: string) => string) => {
    const { rows } = await sql<{
      name: string;
    }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`.execute(db);
    for (const { name } of rows) await sql.raw(what(`"${name}"`)).execute(db);
  };
  return {
    url: await postgres.createDatabase(),
    async fill(db) {
      await sql`CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
      END $$`.execute(db);
      await onEachTable(
        db,
        (table) =>
          `CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION no_room()`,
      );
    },
    makeRoom: (db) => onEachTable(db, (table) => `DROP TRIGGER no_room ON ${table}`),
    dispose: () => postgres.stop(),
  };
}

describe.each([
  ['SQLite', sqliteDisk],
  ['PostgreSQL', postgresDisk],
])('a full disk under %s', (_name, makeDisk) => {
  let disk: Disk;
  let site: InProcessApp;
  let db: Kysely<Database>;
  beforeAll(async () => {
    disk = await makeDisk();
    site = await startInProcess({
      DATABASE_URL: disk.url,
      ...model(),
    });
    db = site.app.get<Kysely<Database>>(DATABASE);
  }, 60_000);
  afterAll(async () => {
    await site?.close();
    await disk?.dispose();
  });

  const chat = (body: object) =>
    SseReader.open(`${site.url}/api/chat/completions`, {
      method: 'POST',
      body: { user_prompt: 'hello', model_name: 'plain', ...body },
    });
  const get = async (path: string) => {
    const response = await fetch(site.url + path);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const stored = async (conversation: string) => {
    const { body } = await get(`/api/chat/conversations/${conversation}`);
    return (body['rounds'] as { state: string; messages: StoredMessage[] }[])[0]!;
  };
  /** A run that has said its first word, says much when it may, and then ends when it may. */
  const begin = async (conversation_id: string) => {
    const [rest, end] = [gate(conversation_id), gate(`end of ${conversation_id}`)];
    await openai.push(answer(text('first '), rest, text(MUCH, 'last'), end, finish(), usage(), done()));
    const reader = await chat({ conversation_id });
    await reader.frame((item) => JSON.stringify(item).includes('first '));
    return reader;
  };

  test('[FAULT-25] [P6] [D-08] refuses what is new with a code, holds the ends of runs, leaves reads alone, and is forgotten when there is room', async () => {
    const before = await chat({ conversation_id: 'before' });
    await before.toEnd();
    const [whole, stopped] = [await begin('whole'), await begin('stopped')];
    await disk.fill(db);
    await Promise.all(['whole', 'stopped'].map((name) => openai.release(name)));
    await openai.release('end of whole');
    await whole.frame((item) => JSON.stringify(item).includes('"finish_reason":"stop"'));
    await stopped.frame((item) => JSON.stringify(item).includes('last'));

    const asked = (await openai.requests()).length;
    const refused = await chat({ conversation_id: 'refused', user_prompt: MUCH });
    await refused.over();
    expect(refused.status).toBe(507);
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'storage_full', retryable: true, status: 507 });
    expect((await get('/api/chat/conversations/refused')).status).toBe(404);
    expect(await openai.requests()).toHaveLength(asked);

    // Who stops one is told that it has not ended yet.
    const cancelled = await fetch(`${site.url}/api/runs/${stopped.runId}/cancel`, { method: 'POST' });
    expect([cancelled.status, await cancelled.json()]).toMatchObject([202, { state: 'running' }]);
    for (const { runId } of [whole, stopped])
      expect((await get(`/api/runs/${runId}`)).body).toMatchObject({ state: 'running', ended_at: null });
    expect([whole.end, stopped.end]).toEqual([undefined, undefined]);

    expect((await get('/health/ready')).status).toBe(200);
    expect((await get('/api/chat/conversations')).body).toMatchObject({ total_count: 3 });
    expect((await stored('before')).state).toBe('completed');
    expect((await get('/api/chat/conversations/before/export?format=json')).status).toBe(200);
    const again = await SseReader.open(`${site.url}/api/runs/${before.runId}/events`);
    checkHistory([await again.toEnd(), before.frames], (await stored('before')).messages);

    await disk.makeRoom(db);
    for (const [name, reader, phase] of [
      ['whole', whole, 'completed'],
      ['stopped', stopped, 'cancelled'],
    ] as const) {
      const frames = await reader.toEnd();
      const { state } = checkHistory([frames], (await stored(name)).messages);
      expect([state.phase, textsOf(state)]).toEqual([phase, [`first ${MUCH}last`]]);
    }
    const retried = await chat({ conversation_id: 'refused', user_prompt: MUCH });
    checkHistory([await retried.toEnd()], (await stored('refused')).messages);
  }, 60_000);
});

test('[FAULT-25] a log file that cannot grow harms nobody', async () => {
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      DATABASE_URL: 'sqlite::memory:',
      LOG_LEVEL: 'trace',
      ...model(),
    },
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
  });
  const exited = once(child, 'exit');
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  while (child.exitCode === null && !(await fetch(`${url}/health`).catch(() => null))?.ok) await sleep(20);
  for (let turn = 0; turn < 3 && child.exitCode === null; turn += 1) {
    const response = await fetch(`${url}/api/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model_name: 'plain', user_prompt: 'hello', stream: false }),
    });
    expect(response.status).toBe(200);
    await response.json();
  }
  expect({ code: child.exitCode, errors }).toEqual({ code: null, errors: '' });
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});
