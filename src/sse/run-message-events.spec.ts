import { jest } from '@jest/globals';
import fc from 'fast-check';
import { firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { countWatchers, holdRun, readerOf } from '../../test/support/held-run.js';
import { arbitraryRun } from '../protocol/run.arbitrary.js';
import { MemoryRunLog } from '../run/log/memory-run-log.js';
import { RunWriter } from '../run/run-writer.js';
import { nativeDialect } from './dialects/native/native-dialect.js';
import type { EventStreams } from './event-streams.js';
import { FrameReader } from './frame-reader.js';
import { RunMessageEvents } from './run-message-events.js';

const noStreams = {} as EventStreams;
const runId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

async function liveRun() {
  const log = new MemoryRunLog({ retentionSeconds: 60 });
  const writer = new RunWriter(runId, await log.open(runId));
  writer.write([{ type: 'run.created', mode: 'chat', model: 'm' }]);
  await writer.flushed();
  return { log, writer };
}

function eventsOf(log: MemoryRunLog, id = runId, onClose = () => undefined as void): RunMessageEvents {
  const open = () => Promise.resolve(new FrameReader(readerOf(log, id, { onClose }), nativeDialect));
  return new RunMessageEvents(open, noStreams);
}

describe('RunMessageEvents, subscribed to', () => {
  test('[SSE-13] pushes the frames that a writer would pull, and completes after the last', async () => {
    const [events] = fc.sample(arbitraryRun, { numRuns: 1, seed: 3 });
    const log = await holdRun(events!);
    const id = events![0]!.run_id;
    const pulled = new FrameReader(readerOf(log, id), nativeDialect);
    const frames = [];
    while (!pulled.ended) frames.push(...(await pulled.read()));
    expect(await lastValueFrom(eventsOf(log, id).pipe(toArray()))).toEqual(frames);
  });

  test('[SSE-13] is cold, and waits for what is not there yet', async () => {
    const { log, writer } = await liveRun();
    const open = jest.fn(() => Promise.resolve(new FrameReader(readerOf(log, runId), nativeDialect)));
    const messages = new RunMessageEvents(open, noStreams);
    expect(open).not.toHaveBeenCalled();
    const all = lastValueFrom(messages.pipe(toArray()));
    await firstValueFrom(eventsOf(log));
    writer.write([{ type: 'run.started', model: 'm' }]);
    await writer.flushed();
    writer.write([{ type: 'run.completed', finish_reason: 'stop' }]);
    await writer.close();
    expect(
      (await all).map(({ data }) =>
        data === '[DONE]' ? data : (JSON.parse(data as string) as { type: string }).type,
      ),
    ).toEqual(['run_created', 'run_started', 'run_completed', '[DONE]']);
    expect(open).toHaveBeenCalledTimes(1);
  });

  test('[SSE-10] an unsubscription releases reader and watcher, also while the run is being opened', async () => {
    const { log } = await liveRun();
    const watchers = countWatchers(log);
    let readers = 0;
    const left: Promise<void>[] = [];
    const subscribe = () => {
      readers += 1;
      let release = () => {};
      left.push(new Promise((resolve) => (release = resolve)));
      return eventsOf(log, runId, () => {
        readers -= 1;
        release();
      });
    };
    subscribe().pipe(take(1)).subscribe();
    subscribe().subscribe().unsubscribe();
    const waiting = subscribe().subscribe();
    await firstValueFrom(eventsOf(log));
    waiting.unsubscribe();
    await Promise.all(left);
    expect([readers, watchers()]).toEqual([0, 0]);
  });

  test('[SSE-05] an error of opening comes before any message', async () => {
    const messages = new RunMessageEvents(() => Promise.reject(new Error('no such run')), noStreams);
    await expect(lastValueFrom(messages)).rejects.toThrow('no such run');
    await expect(messages.serve({} as never, {} as never)).rejects.toThrow('no such run');
  });
});
