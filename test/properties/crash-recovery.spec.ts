import { jest } from '@jest/globals';
import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { Subject } from 'rxjs';
import { messagesOfRun } from '../../src/conversation/messages-of-run.js';
import { migrate } from '../../src/database/migrate.js';
import type { Database } from '../../src/database/schema.js';
import { openSqlite } from '../../src/database/sqlite-database.js';
import { arbitraryRun } from '../../src/protocol/run-event.arbitrary.js';
import { isTerminal, type RunEvent, type RunEventBody } from '../../src/protocol/run-event.js';
import { MemoryRunLog } from '../../src/run/log/memory-run-log.js';
import { Checkpointer } from '../../src/run/recovery/checkpointer.js';
import { ada } from '../support/conversations.js';
import { comparable, fold, textsOf } from '../support/history-checker.js';
import { makeInstance, type Instance } from '../support/instance.js';
import { faultsOf } from '../support/log-faults.js';

const place = { step_id: 's', part_id: 'p' };
let db: Kysely<Database>;
let begun = 0;
beforeAll(async () => {
  db = openSqlite('sqlite::memory:');
  await migrate(db);
});
afterAll(() => db.destroy());

/** A run whose work is what the test gives it, batch by batch. */
async function begin(owner: Instance) {
  const work = new Subject<readonly RunEventBody[]>();
  let executions = 0;
  begun += 1;
  const { runId } = await owner.runs.start({
    mode: 'chat',
    model: 'm',
    errorType: 'api_error',
    owner: ada,
    conversation: { id: `crash-${begun}`, type: 'chat', title: 'Crash' },
    messages: [{ role: 'user', content: 'hello' }],
    onDisconnect: 'continue',
    execute: () => {
      executions += 1;
      return work;
    },
  });
  const { writer } = owner.active.find(runId)!.run;
  while (!work.observed) await Promise.resolve();
  return { runId, work, writer, executions: () => executions };
}

/** What the run's work says: without what its owner adds. */
function bodiesOf(run: readonly RunEvent[]): RunEventBody[] {
  return run
    .filter((event) => !isTerminal(event) && !/^run\.|^conversation\./.test(event.type) && !isRunUsage(event))
    .map((event) => {
      const { v: _v, run_id: _r, epoch: _e, seq: _s, ...body } = event;
      return body;
    });
}
const isRunUsage = (event: RunEvent) => event.type === 'usage' && event.scope === 'run';

async function logOf(log: MemoryRunLog, runId: string): Promise<readonly RunEvent[]> {
  const read = await log.read(runId, null, { limit: 10_000, merge: false });
  if (read.kind === 'gap') throw new Error(read.reason);
  return read.events;
}

test('[P3] [P9] the owner dies at any event of any run: recovered five times it is the same, with one end, and nothing is run again', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryRun, async (recorded) => {
      const bodies = bodiesOf(recorded);
      const log = new MemoryRunLog({ retentionSeconds: 3600 });
      const [owner, other] = await instances(log);
      for (let border = 0; border <= bodies.length; border += 1) {
        const { runId, work, writer, executions } = await begin(owner);
        for (const body of bodies.slice(0, border)) work.next([body]);
        await writer.flushed();
        const before = await logOf(log, runId);

        const seen: unknown[] = [];
        for (let time = 0; time < 5; time += 1) {
          const row = (await other.store.find(ada, runId))!;
          await other.recovery.recover(row, other.id);
          const events = await logOf(log, runId);
          const { epoch: _epoch, ...kept } = (await other.store.find(ada, runId))!;
          seen.push({ events, kept: { ...kept }, messages: (await other.store.round(runId)).messages });
        }
        for (const one of seen) expect(one).toEqual(seen[0]);

        const events = await logOf(log, runId);
        expect(events.slice(0, before.length)).toEqual(before);
        expect(faultsOf(events)).toEqual([]);
        expect(events.at(-1)?.type).toBe('run.interrupted');
        expect((await other.store.round(runId)).messages.slice(1)).toEqual(messagesOfRun(fold(events)));
        for (const added of events.slice(before.length))
          if (added.type === 'tool_result') expect(added.status).toBe('unknown');
        expect(executions()).toBe(1);
        // The owner was only slow, and ends its work: nothing comes of it.
        const late = owner.active.find(runId)?.done;
        work.complete();
        await late;
        expect(await logOf(log, runId)).toEqual(events);
      }
      log.dispose();
    }),
    { numRuns: 6 },
  );
}, 120_000);

let made: Promise<[Instance, Instance]> | undefined;
let current: MemoryRunLog;
/** Two instances for all runs: their log is the present run's. */
async function instances(log: MemoryRunLog): Promise<[Instance, Instance]> {
  current = log;
  const through = new Proxy({} as MemoryRunLog, {
    get: (_, name) => {
      const value: unknown = Reflect.get(current, name);
      return typeof value === 'function' ? (value.bind(current) as unknown) : value;
    },
  });
  made ??= Promise.all([makeInstance({ db, log: through }), makeInstance({ db, log: through })]);
  return made;
}

test('[P7] the log dies with its owner: of the text at most 2 s and 4 KiB are lost, whenever that is', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ length: fc.integer({ min: 1, max: 3000 }), afterMs: fc.nat(900) }), {
          minLength: 1,
          maxLength: 30,
        }),
        async (pieces) => {
          const log = new MemoryRunLog({ retentionSeconds: 3600 });
          const [owner, other] = await instances(log);
          const checkpointer = owner.get(Checkpointer);
          checkpointer.onModuleInit();
          const { runId, work, writer } = await begin(owner);
          work.next([
            { type: 'step.started', step_id: 's', index: 0, attempt: 1, model: 'm' },
            { type: 'message.started', step_id: 's', message_id: 'm', role: 'assistant' },
            { type: 'text.started', ...place, message_id: 'm' },
          ]);
          const said: { at: number; text: string }[] = [];
          for (const { length, afterMs } of pieces) {
            await jest.advanceTimersByTimeAsync(afterMs);
            const text = `${said.length} `.padEnd(length, '.');
            said.push({ at: performance.now(), text });
            work.next([{ type: 'text.delta', ...place, delta: text }]);
          }
          // The turn of the event loop in which the last piece came is over.
          await jest.advanceTimersByTimeAsync(1);
          await writer.flushed();
          checkpointer.onApplicationShutdown();
          const died = performance.now();
          await log.drop(runId);
          await other.recovery.recover((await other.store.find(ada, runId))!, other.id);

          const [, answer] = (await other.store.round(runId)).messages;
          const kept = answer?.content ?? '';
          const whole = said.map(({ text }) => text).join('');
          expect(whole.startsWith(kept)).toBe(true);
          expect(whole.length - kept.length).toBeLessThanOrEqual(4096);
          let length = 0;
          for (const { at, text } of said) {
            length += text.length;
            if (length > kept.length) expect(died - at).toBeLessThanOrEqual(2000);
          }
          const items = await (await other.runs.follow(ada, runId, null)).read({ limit: 1000 });
          expect(textsOf(fold(items)).join('')).toBe(kept);
          expect(comparable(fold(items))).toMatchObject({ phase: 'interrupted' });
          log.dispose();
        },
      ),
      { numRuns: 60 },
    );
  } finally {
    jest.useRealTimers();
  }
}, 120_000);
