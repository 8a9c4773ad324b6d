import type { Kysely } from 'kysely';
import { ada } from '../../../test/support/conversations.js';
import { fold } from '../../../test/support/history-checker.js';
import { makeInstance, type Instance } from '../../../test/support/instance.js';
import { migrate } from '../../database/migrate.js';
import type { Database } from '../../database/schema.js';
import { openSqlite } from '../../database/sqlite-database.js';
import type { RunEvent, RunEventBody } from '../../protocol/run-event.js';
import { MemoryRunLog } from '../log/memory-run-log.js';
import { FencedError } from '../log/run-log.js';
import { newUlid } from '../new-ulid.js';
import { CheckpointStore } from './checkpoint.store.js';

const place = { step_id: 's', part_id: 'p' };
const said: RunEventBody[] = [
  { type: 'run.created', mode: 'chat', model: 'm' },
  { type: 'step.started', step_id: 's', index: 0, attempt: 1, model: 'm' },
  { type: 'message.started', step_id: 's', message_id: 'm', role: 'assistant' },
  { type: 'text.started', ...place, message_id: 'm' },
  { type: 'text.delta', ...place, delta: 'as far as it got' },
];

let db: Kysely<Database>;
let log: MemoryRunLog;
let late: Instance;
let other: Instance;
/** What happens while the late one is held up before it opens the log. */
let meanwhile: () => Promise<unknown>;
beforeEach(async () => {
  db = openSqlite('sqlite::memory:');
  await migrate(db);
  log = new MemoryRunLog({ retentionSeconds: 60 });
  const held: MemoryRunLog = Object.create(log) as MemoryRunLog;
  held.open = async (runId, after) => {
    await meanwhile();
    return log.open(runId, after);
  };
  [late, other] = await Promise.all([makeInstance({ db, log: held }), makeInstance({ db, log })]);
});
afterEach(() => db.destroy());

/** A run whose owner is gone: its events in the log and in a checkpoint. */
async function orphan() {
  const id = newUlid();
  const conversation = { id: `of ${id}`, type: 'chat' as const, title: 'Lost' };
  const messages = [{ role: 'user' as const, content: 'hello' }];
  await late.store.start(
    { id, instanceId: 'gone', owner: ada, mode: 'chat', model: 'm', conversation, messages },
    1,
  );
  const events = said.map(
    (body, at) => ({ v: 1, run_id: id, epoch: 1, seq: at + 1, ts: 1, ...body }) as RunEvent,
  );
  await (await log.open(id)).append(events);
  await late.get(CheckpointStore).save([{ runId: id, epoch: 1, events }]);
  const row = async () => (await late.store.find(ada, id))!;
  return { id, row };
}

const textOf = async (runId: string) => {
  const state = fold(await (await other.runs.follow(ada, runId, null)).read({ limit: 100 }));
  return [state.phase, state.parts.map((part) => (part.kind === 'text' ? part.text : part.kind))];
};
const asFarAsItGot = ['interrupted', ['as far as it got']];

describe('a recoverer that is held up after it took the run', () => {
  test('[FAULT-12] [P3] touches nothing when another has taken it and ended it', async () => {
    const { id, row } = await orphan();
    let ended: unknown;
    meanwhile = async () => {
      await other.recovery.recover(await row(), other.id);
      ended = [await row(), await log.head(id), await log.read(id, null)];
    };
    await expect(late.recovery.recover(await row(), late.id)).rejects.toThrow(FencedError);
    expect([await row(), await log.head(id), await log.read(id, null)]).toEqual(ended);
    expect(await textOf(id)).toEqual(asFarAsItGot);
  });

  test('[FAULT-12] [P3] and finds no log, because it was ended long ago, gives it what is stored, and the end as it was decided', async () => {
    const { id, row } = await orphan();
    let ended: Awaited<ReturnType<typeof row>>;
    meanwhile = async () => {
      await other.recovery.recover(await row(), other.id);
      ended = await row();
      await log.drop(id);
    };
    await late.recovery.recover(await row(), late.id);
    expect(await row()).toEqual(ended!);
    expect(await log.head(id)).toMatchObject({ closed: true });
    const read = await log.read(id, (await log.base(id)) && { epoch: 2, seq: (await log.head(id))!.seq - 1 });
    expect(read).toMatchObject({ events: [{ type: 'run.interrupted', ts: ended!.ended_at }] });
    expect(await textOf(id)).toEqual(asFarAsItGot);
  });

  test('[FAULT-12] [P3] and opens a log that was lost meanwhile, stops nobody: the newer one, which it has fenced, tries again', async () => {
    const { id, row } = await orphan();
    const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    meanwhile = () => {
      held.resolve();
      return released.promise;
    };
    const older = late.recovery.recover(await row(), late.id);
    await held.promise;
    const finish = other.store.finish.bind(other.store);
    other.store.finish = async (...end) => {
      await log.drop(id);
      released.resolve();
      expect(await older).toBe(false);
      return finish(...end);
    };
    await expect(other.recovery.recover(await row(), other.id)).rejects.toThrow(FencedError);
    expect(await other.recovery.recover(await row(), other.id)).toBe(true);
    expect(await log.head(id)).toMatchObject({ closed: true });
    expect(await textOf(id)).toEqual(asFarAsItGot);
  });

  test('leaves no log of a run that was deleted', async () => {
    const { id, row } = await orphan();
    meanwhile = async () => {
      await db.deleteFrom('checkpoints').execute();
      await db.deleteFrom('runs').where('id', '=', id).execute();
    };
    expect(await late.recovery.recover(await row(), late.id)).toBe(false);
    expect(await log.head(id)).toBeNull();
  });

  test('[FAULT-12] [P3] leaves the run to one that has taken it and not yet ended it', async () => {
    const { id, row } = await orphan();
    meanwhile = async () => void (await other.store.takeOver(await row(), other.id));
    expect(await late.recovery.recover(await row(), late.id)).toBe(false);
    expect(await row()).toMatchObject({ instance_id: other.id, terminal: null, epoch: 3 });
    expect(await other.recovery.recover(await row(), other.id)).toBe(true);
    expect(await textOf(id)).toEqual(asFarAsItGot);
  });
});
