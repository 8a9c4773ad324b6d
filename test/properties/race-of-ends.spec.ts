import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { Observable } from 'rxjs';
import { messagesOfRun } from '../../src/conversation/messages-of-run.js';
import { migrate } from '../../src/database/migrate.js';
import type { Database } from '../../src/database/schema.js';
import { openSqlite } from '../../src/database/sqlite-database.js';
import { MillraceError } from '../../src/protocol/error-code.js';
import { isTerminal, type RunEventBody } from '../../src/protocol/run-event.js';
import { MemoryRunLog } from '../../src/run/log/memory-run-log.js';
import { FencedError, type RunLog } from '../../src/run/log/run-log.js';
import { RunInterrupted } from '../../src/run/run-cancelled.js';
import type { RunProgram } from '../../src/run/run-program.js';
import type { CancelReceipt } from '../../src/run/run.service.js';
import { ada } from '../support/conversations.js';
import { fold } from '../support/history-checker.js';
import { makeInstance, type Instance } from '../support/instance.js';
import { faultsOf } from '../support/log-faults.js';

const contenders = ['cancel', 'deadline', 'disconnect', 'shutdown', 'recovery', 'another recovery'] as const;
type Contender = (typeof contenders)[number];

/** How long what goes to the database and to the log takes: as long as the scheduler of the present run likes. */
let travel: (label: string) => Promise<unknown> = () => Promise.resolve();

let db: Kysely<Database>;
let log: MemoryRunLog;
let owner: Instance;
let other: Instance;
beforeAll(async () => {
  db = openSqlite('sqlite::memory:');
  await migrate(db);
  log = new MemoryRunLog({ retentionSeconds: 3600, watcherFailed: () => undefined });
  const env = { DISCONNECT_GRACE_SECONDS: '0' };
  [owner, other] = await Promise.all([
    makeInstance({ db, log: distant(log), env }),
    makeInstance({ db, log: distant(log), env }),
  ]);
  for (const { store } of [owner, other]) {
    for (const name of ['finish', 'takeOver', 'setRunning', 'find', 'round'] as const)
      Object.assign(store, { [name]: late(name, store[name].bind(store) as Act) });
  }
});
afterAll(() => db.destroy());

type Act = (...args: unknown[]) => Promise<unknown>;

/** The same, done some time after it was asked for, and answered some time after it was done. */
function late<T extends (...args: never[]) => Promise<unknown>>(name: string, act: T): T {
  return (async (...args: never[]) => {
    await travel(name);
    const done = await act(...args);
    await travel(`${name} done`);
    return done;
  }) as T;
}

function distant(near: RunLog): RunLog {
  return {
    open: late('open', async (runId, after) => {
      const writer = await near.open(runId, after);
      return {
        epoch: writer.epoch,
        startSeq: writer.startSeq,
        append: late('append', (events) => writer.append(events)),
        close: late('close', () => writer.close()),
      };
    }),
    read: late('read', near.read.bind(near)),
    head: late('head', near.head.bind(near)),
    watch: near.watch.bind(near),
    trim: late('trim', near.trim.bind(near)),
    base: late('base', near.base.bind(near)),
    drop: near.drop.bind(near),
  };
}

const place = { step_id: 's', part_id: 'p' };
const pieces: RunEventBody[][] = [
  [
    { type: 'step.started', step_id: 's', index: 0, attempt: 1, model: 'm' },
    { type: 'message.started', step_id: 's', message_id: 'm', role: 'assistant' },
    { type: 'text.started', ...place, message_id: 'm' },
  ],
  [{ type: 'text.delta', ...place, delta: 'one ' }],
  [{ type: 'text.delta', ...place, delta: 'two' }],
  [
    { type: 'text.ended', ...place },
    { type: 'message.ended', step_id: 's', message_id: 'm' },
    { type: 'step.finished', step_id: 's', finish_reason: 'stop' },
  ],
];

let conversations = 0;

function program(scheduler: fc.Scheduler, completed: () => void): RunProgram {
  conversations += 1;
  return {
    mode: 'chat',
    model: 'm',
    errorType: 'api_error',
    owner: ada,
    conversation: { id: `race-${conversations}`, type: 'chat', title: 'Race' },
    messages: [{ role: 'user', content: 'hello' }],
    onDisconnect: 'cancel',
    completed,
    execute: () =>
      new Observable((subscriber) => {
        void (async () => {
          for (const piece of pieces) {
            await scheduler.schedule(Promise.resolve(), 'model');
            subscriber.next(piece);
          }
          subscriber.complete();
        })();
      }),
  };
}

/** As the leases do, for a run whose owner they take for dead. */
async function recover(runId: string): Promise<void> {
  const row = await other.store.find(ada, runId);
  const head = await log.head(runId);
  if (row!.terminal !== null && (!head || head.closed)) return;
  await other.recovery.recover(row!, other.id).catch((error: unknown) => {
    // Another one has the newer token, and ends the run.
    if (!(error instanceof FencedError)) throw error;
  });
}

/** The log from where it can be read: after the stored answer, where recovery has put that in the place of what a log lacked. */
async function eventsOf(runId: string) {
  const base = await log.base(runId);
  const after = base && { epoch: base.epoch, seq: base.through_seq };
  const read = await log.read(runId, after, { limit: 1000, merge: false });
  if (read.kind === 'gap') throw new Error(read.reason);
  return { base, events: read.events, closed: read.closed };
}

/** Lets the contenders race to the end of one run; the end that was decided, checked everywhere. */
async function race(scheduler: fc.Scheduler, racing: readonly Contender[]): Promise<string> {
  travel = (label) => scheduler.schedule(Promise.resolve(), label);
  let completions = 0;
  const receipts: CancelReceipt[] = [];
  const everything = (async () => {
    const reader = await owner.runs.start(program(scheduler, () => (completions += 1)));
    const { runId } = reader;
    const execution = owner.active.find(runId);
    const acts: Record<Contender, () => unknown> = {
      cancel: async () => void receipts.push(await owner.runs.cancel(ada, runId)),
      deadline: () => execution?.run.abort.abort(new MillraceError('run_timeout')),
      disconnect: () => reader.close(),
      shutdown: () => execution?.run.abort.abort(new RunInterrupted()),
      recovery: () => recover(runId),
      'another recovery': () => recover(runId),
    };
    const acting = racing.map(async (name) => {
      await scheduler.schedule(Promise.resolve(), name);
      await acts[name]();
    });
    await Promise.all([execution?.done, ...acting]);
    // One that was fenced by another looks again.
    for (let look = 0; look < 5 && !(await log.head(runId))?.closed; look += 1) await recover(runId);
    return runId;
  })();
  const runId = await scheduler.waitFor(everything);
  travel = () => Promise.resolve();

  const { base, events, closed } = await eventsOf(runId);
  const row = (await owner.store.find(ada, runId))!;
  const terminal = events.at(-1)!;
  if (!base) expect(faultsOf(events)).toEqual([]);
  expect([closed, events.filter(isTerminal)]).toEqual([true, [terminal]]);
  expect(terminal).toMatchObject({ ...(JSON.parse(row.terminal!) as object), ts: row.ended_at });
  expect(terminal.type).toBe(`run.${row.state}`);
  const state = fold(events, base ? structuredClone(base.state) : undefined);
  expect((await owner.store.round(runId)).messages.slice(1)).toEqual(messagesOfRun(state));
  expect(receipts.map((receipt) => receipt.state)).toEqual(receipts.map(() => row.state));
  expect(completions <= (row.state === 'completed' ? 1 : 0)).toBe(true);
  const late = await other.runs.follow(ada, runId, null);
  expect(fold(await late.read({ limit: 1000 })).phase).toBe(row.state);
  return row.state;
}

test('[FAULT-33] [P3] whatever races to end a run, one end is decided, and the log, the row, the receipt and the readers agree', async () => {
  const decided = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.uniqueArray(fc.constantFrom(...contenders), { minLength: 1, maxLength: 4 }),
      async (scheduler, racing) => {
        const state = await race(scheduler, racing);
        decided.set(state, (decided.get(state) ?? 0) + 1);
      },
    ),
    { numRuns: 200 },
  );
  // The races are races: no contender wins them all.
  expect(decided.size).toBeGreaterThanOrEqual(3);
}, 60_000);

test('[FAULT-33] [RUN-14] a cancel and a completion: either may win, and nothing else happens', async () => {
  const decided = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      decided.add(await race(scheduler, ['cancel']));
    }),
    { numRuns: 80 },
  );
  expect(decided).toContain('cancelled');
}, 60_000);

test('[FAULT-12] [P3] two recoverers at once and an owner that is only late: one end', async () => {
  const decided = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      decided.add(await race(scheduler, ['recovery', 'another recovery']));
    }),
    { numRuns: 80 },
  );
  expect(decided).toContain('interrupted');
}, 60_000);
