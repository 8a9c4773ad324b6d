import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { readRun } from '../../client/src/stream/read-run.js';
import { RunCursor } from '../../client/src/stream/run-cursor.js';
import { migrate } from '../../src/database/migrate.js';
import type { Database } from '../../src/database/schema.js';
import { openSqlite } from '../../src/database/sqlite-database.js';
import { decodeFrame, NativeDecoder } from '../../src/protocol/native-codec.js';
import { forbiddenOnTyped } from '../../src/protocol/native-frame.js';
import { isTerminal, runEvent, type RunEvent } from '../../src/protocol/run-event.js';
import { applyEvent } from '../../src/protocol/apply-event.js';
import { emptyRunState, sequenceOf, type RunState } from '../../src/protocol/run-state.js';
import { EntryEncoder } from '../../src/run/log/redis/entry-encoder.js';
import { RowCollector, type Row } from '../../src/run/log/redis/row-collector.js';
import { MemoryRunLog } from '../../src/run/log/memory-run-log.js';
import type { RunLog } from '../../src/run/log/run-log.js';
import { CheckpointStore } from '../../src/run/recovery/checkpoint.store.js';
import { nativeDialect } from '../../src/sse/dialects/native/native-dialect.js';
import { FrameReader } from '../../src/sse/frame-reader.js';
import { writeFrame } from '../../src/sse/framer.js';
import { ada } from '../support/conversations.js';
import { comparable, textsOf } from '../support/history-checker.js';
import { holdRun, readerOf, unmerged } from '../support/held-run.js';
import { makeInstance } from '../support/instance.js';

/** A log of another version, as it was recorded. */
function recorded(name: 'older' | 'newer'): RunEvent[] {
  const lines = readFileSync(join(import.meta.dirname, `../fixtures/schema/${name}.jsonl`), 'utf8');
  return lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
}

const older = recorded('older');
const newer = recorded('newer');
const isKnown = (event: RunEvent) => runEvent.safeParse(event).success;
/** What a reader of this version knows of an event: the members that the schema names. */
const knownPart = (event: RunEvent) => runEvent.parse(event);
const fold = (events: readonly RunEvent[]): RunState =>
  events.reduce((state, event) => (applyEvent(state, event), state), emptyRunState(events[0]!.run_id));

async function framesOf(log: RunLog, runId: string, after: number | null = null) {
  const cursor = after === null ? null : { epoch: 1, seq: after };
  const reader = new FrameReader(readerOf(log, runId, { after: cursor }), nativeDialect);
  const frames: Awaited<ReturnType<FrameReader['read']>> = [];
  while (!reader.ended) frames.push(...(await reader.read()));
  return frames;
}

test('the recorded logs are what they are said to be', () => {
  expect(older.every(isKnown)).toBe(true);
  expect(newer.filter((event) => !isKnown(event)).map(({ type }) => type as string)).toEqual([
    'plan.started',
    'plan.delta',
    'plan.delta',
    'plan.ended',
    'citation.added',
    'run.priced',
  ]);
});

describe.each([
  ['older', older, 'Look: '],
  ['newer', newer, 'Hello, 世界'],
])('[FAULT-36] the log of another version: %s', (_version, events, text) => {
  const runId = events[0]!.run_id;

  test('is folded, what is unknown passed over', () => {
    const state = fold(events);
    expect([state.phase, state.seq, textsOf(state)]).toEqual(['completed', events.length, [text]]);
    const known = fold(events.filter(isKnown).map(knownPart));
    expect(comparable(state)).toEqual(comparable({ ...known, seq: events.length }));
  });

  test.each([true, false])('is read from Redis as it was written (merged: %s)', (merge) => {
    const entries = new EntryEncoder().encode(events);
    const rows = entries.map(({ seq, place, body }) => JSON.parse(`[${seq},${place},${body}]`) as Row);
    const collector = new RowCollector({ runId, after: { epoch: 1, seq: 0 }, limit: 100, merge });
    collector.add(rows, [{ epoch: 1, firstSeq: 1 }]);
    const read = collector.finish();
    const known = (event: RunEvent) => (isKnown(event) ? knownPart(event) : event);
    if (!merge) expect(read.map(known)).toEqual(events.map(known));
    expect(comparable(fold(read))).toEqual(comparable(fold(events)));
  });

  test('becomes frames that say what they are, each at its place, from wherever it is read', async () => {
    const held = await holdRun(events);
    const whole = await framesOf(unmerged(held), runId);
    expect(whole).toHaveLength(events.length + 1);
    for (const [at, event] of events.entries()) {
      const { id, data } = whole[at]!;
      const { events: decoded, skipped, fault } = decodeFrame({ id, data });
      expect(fault).toBeUndefined();
      if (isKnown(event)) expect(decoded).toEqual([knownPart(event)]);
      else {
        expect(skipped).toMatchObject({ run_id: runId, epoch: 1, seq: event.seq });
        const frame = JSON.parse(data) as Record<string, unknown>;
        expect(frame['type']).toBe(event.type.replaceAll('.', '_'));
        for (const name of forbiddenOnTyped) expect(frame).not.toHaveProperty(name);
      }
    }
    for (const log of [held, unmerged(held)])
      for (const { seq } of [{ seq: 0 }, ...events.slice(0, -1)]) {
        let last = seq;
        for (const { id, data } of (await framesOf(log, runId, seq)).slice(0, -1)) {
          const { events: decoded, skipped } = decodeFrame({ id, data });
          const place = (decoded[0] as RunEvent | undefined) ?? skipped!;
          expect(sequenceOf(last, place)).toBe('next');
          last = place.seq;
        }
        expect(last).toBe(events.length);
      }
  });

  test('is followed by the client to its end', async () => {
    const body = (await framesOf(await holdRun(events), runId)).map(writeFrame).join('');
    const seen: RunEvent[] = [];
    const nothing = () => undefined;
    const end = await readRun(
      new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
      new RunCursor(runId),
      new NativeDecoder({ runId }),
      { opened: nothing, bytes: nothing, apply: (batch) => seen.push(...batch), replace: nothing },
    );
    expect(end).toEqual({ kind: 'terminal' });
    expect(comparable(fold(seen))).toEqual(comparable(fold(events)));
  });

  test.each(['log', 'checkpoints'])('is ended by recovery, its text kept, from the %s', async (source) => {
    const db: Kysely<Database> = openSqlite('sqlite::memory:');
    await migrate(db);
    const log = new MemoryRunLog({ retentionSeconds: 60 });
    const instance = await makeInstance({ db, log });
    const unfinished = events.filter((event) => !isTerminal(event));
    const messages = [{ role: 'user' as const, content: 'hello' }];
    const conversation = { id: 'c', type: 'chat' as const, title: 'c' };
    await instance.store.start(
      { id: runId, instanceId: 'gone', owner: ada, mode: 'chat', model: 'm', conversation, messages },
      1,
    );
    const writer = await log.open(runId);
    if (source === 'log') await writer.append(unfinished);
    else await instance.get(CheckpointStore).save([{ runId, epoch: 1, events: unfinished }]);
    expect(await instance.recovery.recover({ id: runId, epoch: 1 }, instance.id)).toBe(true);
    expect(await instance.store.find(ada, runId)).toMatchObject({ state: 'interrupted' });
    expect((await instance.store.round(runId)).messages[1]).toMatchObject({
      role: 'assistant',
      content: text,
    });
    await db.destroy();
  });
});
