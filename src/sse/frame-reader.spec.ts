import fc from 'fast-check';
import { checkHistory, comparable, decodeFrames, fold } from '../../test/support/history-checker.js';
import { holdRun, readerOf, unmerged } from '../../test/support/held-run.js';
import { arbitraryRun } from '../protocol/run.arbitrary.js';
import type { RunEvent, RunEventBody } from '../protocol/run-event.js';
import type { LogCursor, RunLog, RunLogWriter } from '../run/log/run-log.js';
import { MemoryRunLog } from '../run/log/memory-run-log.js';
import { RunWriter } from '../run/run-writer.js';
import type { Frame } from './dialects/dialect.js';
import { nativeDialect } from './dialects/native/native-dialect.js';
import { FrameReader } from './frame-reader.js';
import { writeFrame } from './framer.js';

async function readAll(
  log: RunLog,
  runId: string,
  after: LogCursor | null | 'invalid' = null,
): Promise<Frame[]> {
  const reader = new FrameReader(readerOf(log, runId, { after }), nativeDialect);
  const frames: Frame[] = [];
  while (!reader.ended) frames.push(...(await reader.read()));
  return frames;
}

const onWire = (frames: readonly Frame[]) => frames.map((frame) => ({ ...frame, raw: writeFrame(frame) }));
const bytes = (frames: readonly Frame[]) => frames.map(writeFrame).join('');
const cursorOf = ({ epoch, seq }: RunEvent): LogCursor => ({ epoch, seq });

test('[SSE-11] [RUN-03] without merging, what was sent up to k and the resumed rest are the bytes of the whole, for every k of any run', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryRun, async (events) => {
      const log = unmerged(await holdRun(events));
      const runId = events[0]!.run_id;
      const whole = await readAll(log, runId);
      for (const [k, event] of events.slice(0, -1).entries()) {
        const rest = await readAll(log, runId, cursorOf(event));
        expect(bytes(whole.slice(0, k + 1)) + bytes(rest)).toBe(bytes(whole));
      }
    }),
    { numRuns: 60 },
  );
});

test('[SSE-11] [RUN-05] with merging, every way of reading a run folds to the same state', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryRun, async (events) => {
      const log = await holdRun(events);
      const runId = events[0]!.run_id;
      const whole = onWire(await readAll(unmerged(log), runId));
      const { state } = checkHistory([whole, onWire(await readAll(log, runId))]);
      for (const [k, event] of events.slice(0, -1).entries()) {
        const rest = onWire(await readAll(log, runId, cursorOf(event)));
        expect(comparable(fold([...decodeFrames(whole.slice(0, k + 1)), ...decodeFrames(rest)]))).toEqual(
          comparable(state),
        );
      }
      expect(comparable(fold(decodeFrames(onWire(await readAll(log, runId, 'invalid')))))).toEqual(
        comparable(state),
      );
    }),
    { numRuns: 60 },
  );
});

test('[RUN-04] after the terminal event there is nothing, and the reader is at its end', async () => {
  const [events] = fc.sample(arbitraryRun, { numRuns: 1, seed: 7 });
  const log = await holdRun(events!);
  const reader = new FrameReader(
    readerOf(log, events![0]!.run_id, { after: cursorOf(events!.at(-1)!) }),
    nativeDialect,
  );
  expect(await reader.read()).toEqual([]);
  expect(reader.ended).toBe(true);
});

test('[SSE-11] whoever follows a run and takes what it is told of gets the same bytes as whoever reads it', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryRun, fc.func(fc.boolean()), async (events, sleeps) => {
      const log = new MemoryRunLog({ retentionSeconds: 60 });
      const runId = events[0]!.run_id;
      const frames: Frame[] = [];
      let taken = 0;
      const reader = new FrameReader(readerOf(log, runId), nativeDialect);
      reader.watch((event) => {
        // One that is busy is told, and reads later.
        if (!event || sleeps(event.seq)) return;
        const next = reader.take(event);
        if (next) taken += 1;
        frames.push(...(next ?? reader.readNow()!));
      });
      let writer: RunLogWriter | undefined;
      for (const event of events) {
        if (writer?.epoch !== event.epoch)
          writer = await log.open(runId, { epoch: event.epoch - 1, seq: event.seq - 1 });
        await writer.append([event]);
      }
      // A batch is bounded, and one that was busy for long is far behind.
      for (let read = 0; read < events.length && !reader.ended; read += 1)
        frames.push(...(await reader.read()));
      expect(reader.ended).toBe(true);
      if (taken === events.length) expect(bytes(frames)).toBe(bytes(await readAll(unmerged(log), runId)));
      expect(comparable(fold(decodeFrames(onWire(frames))))).toEqual(
        comparable(fold(decodeFrames(onWire(await readAll(log, runId))))),
      );
      log.dispose();
    }),
    { numRuns: 60 },
  );
});

test('takes no event that it does not stand right before, and none once it has ended', async () => {
  const [events] = fc.sample(arbitraryRun, { numRuns: 1, seed: 7 });
  const runId = events![0]!.run_id;
  const reader = new FrameReader(readerOf(await holdRun(events!), runId), nativeDialect);
  expect(reader.take(events![1]!)).toBeNull();
  expect(reader.take({ ...events![0]!, epoch: 9 })).toBeNull();
  await reader.read();
  while (!reader.ended) await reader.read();
  expect(reader.take({ ...events!.at(-1)!, seq: events!.length + 1 })).toBeNull();
});

describe('a reader that is far behind', () => {
  const runId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
  const place = { step_id: 's', part_id: 'p' };

  async function longRun(bodies: RunEventBody[]): Promise<RunLog> {
    const log = new MemoryRunLog({ retentionSeconds: 60 });
    const writer = new RunWriter(runId, await log.open(runId));
    writer.write([
      { type: 'run.created', mode: 'chat', model: 'm' },
      { type: 'step.started', step_id: 's', index: 0, attempt: 1, model: 'm' },
      { type: 'text.started', ...place, message_id: 'm' },
      ...bodies,
    ]);
    await writer.flushed();
    return log;
  }

  test('[SSE-09] gets a large answer in batches of a bounded size', async () => {
    const piece = 'x'.repeat(1000);
    const log = await longRun(
      Array.from({ length: 3000 }, () => ({ type: 'text.delta', ...place, delta: piece })),
    );
    const reader = new FrameReader(readerOf(log, runId), nativeDialect);
    const sizes: number[] = [];
    for (let frames = await reader.read(); frames.length > 0; frames = await reader.read())
      sizes.push(frames.reduce((sum, { data }) => sum + data.length, 0));
    expect(sizes.reduce((sum, size) => sum + size)).toBeGreaterThan(3_000_000);
    expect(Math.max(...sizes)).toBeLessThan(128 * 1024);
    expect(sizes.length).toBeLessThan(100);
  });

  test('[RUN-05] gets many small pieces as few frames', async () => {
    const log = await longRun(
      Array.from({ length: 3000 }, () => ({ type: 'text.delta', ...place, delta: 'ab' })),
    );
    const frames = await new FrameReader(readerOf(log, runId), nativeDialect).read();
    expect(frames).toHaveLength(4);
    expect(JSON.parse(frames[3]!.data)).toMatchObject({
      from_seq: 4,
      choices: [{ delta: { content: 'ab'.repeat(3000) } }],
    });
  });

  test('[SSE-07] gets small events together', async () => {
    const warnings = Array.from({ length: 100 }, (): RunEventBody => ({
      type: 'warning',
      code: 'c',
      message: 'm',
    }));
    const frames = await new FrameReader(readerOf(await longRun(warnings), runId), nativeDialect).read();
    expect(frames).toHaveLength(103);
  });
});
