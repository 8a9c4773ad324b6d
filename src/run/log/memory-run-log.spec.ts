import { jest } from '@jest/globals';
import type { RunEvent } from '../../protocol/run-event.js';
import { Author } from './contract/author.js';
import { text, warning } from './contract/events.js';
import type { LogUnderTest } from './contract/log-under-test.js';
import { readEvents } from './contract/reading.js';
import { MemoryRunLog } from './memory-run-log.js';
import { describeRunLog } from './run-log.contract.js';
import { FencedError, MERGED_TEXT_LIMIT } from './run-log.js';
import { TestClock } from './contract/test-clock.js';

/** One process has one log, so its peer is itself. */
class LoneMemoryRunLog extends MemoryRunLog implements LogUnderTest {
  peer(): Promise<MemoryRunLog> {
    return Promise.resolve(this);
  }
}

describeRunLog('MemoryRunLog', () =>
  Promise.resolve(new LoneMemoryRunLog({ retentionSeconds: 60, watcherFailed: () => undefined })),
);

describe('MemoryRunLog', () => {
  const retentionSeconds = 60;
  let clock: TestClock;
  let log: MemoryRunLog;
  beforeEach(() => {
    clock = new TestClock();
    log = new MemoryRunLog({ retentionSeconds, clock });
  });
  afterEach(() => log.dispose());

  describe('[LOG-03] retention', () => {
    it('keeps a log for its time after the close, and tells its watchers when it goes', async () => {
      const author = await new Author(log).open();
      await author.append(text('a'));
      await author.writer.close();
      clock.advance(retentionSeconds * 1000 - 1);
      expect((await readEvents(log, author.runId, null)).events).toEqual(author.events);

      const news = new Promise<void>((resolve) => log.watch(author.runId, () => resolve()));
      clock.advance(1);
      await news;
      expect(await log.read(author.runId, null)).toEqual({ kind: 'gap', reason: 'unknown' });
      expect(await log.head(author.runId)).toBeNull();
    });

    it('never forgets a log that is open', async () => {
      const author = await new Author(log).open();
      await author.append(text('a'));
      clock.advance(retentionSeconds * 100_000);
      expect(await log.head(author.runId)).toMatchObject({ seq: 1 });
      expect(clock.timers).toBe(0);
    });

    it('begins anew when a log is opened and closed again', async () => {
      const author = await new Author(log).open();
      await author.writer.close();
      clock.advance(retentionSeconds * 1000 - 1);
      await author.open();
      expect(clock.timers).toBe(0);
      clock.advance(1_000);
      await author.writer.close();
      clock.advance(retentionSeconds * 1000 - 1);
      expect(await log.head(author.runId)).not.toBeNull();
      clock.advance(1);
      expect(await log.head(author.runId)).toBeNull();
    });

    it('takes one timer for all logs, and none when there is nothing to wait for', async () => {
      const authors: Author[] = [];
      for (let index = 0; index < 20; index += 1) {
        const author = await new Author(log).open();
        await author.writer.close();
        authors.push(author);
        clock.advance(1_000);
        expect(clock.timers).toBe(1);
      }
      for (const author of authors.slice(10)) await log.drop(author.runId);
      clock.advance(retentionSeconds * 1000);
      for (const { runId } of authors) expect(await log.head(runId)).toBeNull();
      expect(clock.timers).toBe(0);
    });
  });

  describe('dispose', () => {
    it('leaves no timer and calls no watcher any more', async () => {
      const author = await new Author(log).open();
      await author.append(text('a'));
      await author.writer.close();
      await new Promise((resolve) => setImmediate(resolve));

      const advanced = jest.fn();
      const open = await new Author(log).open();
      log.watch(open.runId, advanced);
      log.onApplicationShutdown();
      await expect(open.append(text('b'))).rejects.toThrow(FencedError);

      expect(clock.timers).toBe(0);
      expect(advanced).not.toHaveBeenCalled();
      expect(await log.head(author.runId)).toBeNull();
    });

    it('is not needed for the process to end', async () => {
      const real = new MemoryRunLog({ retentionSeconds });
      const before = timersThatHold();
      const author = await new Author(real).open();
      await author.writer.close();
      expect(timersThatHold()).toBe(before);
      real.dispose();
    });
  });

  it('gives readers at the head the same objects, so that a frame is made once for all', async () => {
    const author = await new Author(log).open();
    await author.append(text('a'), text('b'));
    const [one, other] = [
      await readEvents(log, author.runId, null),
      await readEvents(log, author.runId, null),
    ];
    expect(other.events[0]).toBe(one.events[0]);
    await author.append(text('c'));
    expect((await readEvents(log, author.runId, null)).events).toMatchObject([
      { from_seq: 1, seq: 3, delta: 'abc' },
    ]);
  });

  it('tells watchers of an append of one event what whoever stands right before it reads, one object for all', async () => {
    const author = await new Author(log).open();
    const told: (RunEvent | undefined)[][] = [[], []];
    for (const given of told) log.watch(author.runId, (event) => given.push(event));
    const batches: (() => Promise<unknown>)[] = [
      () => author.append(text('a')),
      () => author.append(warning('x')),
      () => author.appendPacked(text('b'), text('c')),
      () => author.append(text('d'), warning('y')),
      () => author.append(text('z'.repeat(MERGED_TEXT_LIMIT + 1))),
    ];
    const read: (readonly RunEvent[])[] = [];
    for (const append of batches) {
      const before = author.events.length === 0 ? null : author.cursor;
      await append();
      read.push((await readEvents(log, author.runId, before)).events);
    }
    expect(told[0]!.slice(0, 3)).toEqual(read.slice(0, 3).flat());
    // Several events, and one that is read in a way of its own, are read.
    expect(told[0]!.slice(3)).toEqual([undefined, undefined]);
    for (const [at, event] of told[0]!.entries()) expect(told[1]![at]).toBe(event);
  });

  it('warns of a watcher that throws', async () => {
    const failed = jest.fn();
    const careful = new MemoryRunLog({ retentionSeconds, watcherFailed: failed });
    const author = await new Author(careful).open();
    const fault = new Error('a faulty watcher');
    careful.watch(author.runId, () => {
      throw fault;
    });
    await author.append(warning('x'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(failed.mock.calls).toEqual([[fault]]);
  });
});

function timersThatHold(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}
