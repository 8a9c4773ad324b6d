import fc from 'fast-check';
import { FencedError } from '../run-log.js';
import { Author } from './author.js';
import { enveloped, snapshotAt, text, warning } from './events.js';
import type { Subject } from './log-under-test.js';
import { newRunId } from './log-under-test.js';
import { readToHead } from './reading.js';

export function describeEpochs({ log }: Subject): void {
  describe('epochs and fencing', () => {
    it('fences the older writer: what it appends is refused and leaves nothing', async () => {
      const author = await new Author(log()).open();
      await author.append(text('a'));
      const older = author.writer;
      const late = author.next(text('too late'));
      const peer = await log().peer();
      const newer = await peer.open(author.runId, author.cursor);
      expect([newer.epoch, newer.startSeq]).toEqual([2, 1]);

      await expect(older.append(late)).rejects.toThrow(FencedError);
      await expect(older.append([])).rejects.toThrow(FencedError);
      await expect(older.close()).rejects.toThrow(FencedError);
      expect(await log().head(author.runId)).toMatchObject({ epoch: 2, seq: 1, closed: false });

      const own = enveloped(author.runId, { epoch: 2, seq: 1 }, [text('b')]);
      await newer.append(own);
      await expect(older.append(late)).rejects.toThrow(FencedError);
      expect(await readToHead(log(), author.runId, null, { merge: false })).toEqual([
        ...author.events,
        ...own,
      ]);
    });

    it('keeps a writer fenced when the one after it has closed the log', async () => {
      const author = await new Author(log()).open();
      const older = author.writer;
      await author.open();
      await author.writer.close();
      await expect(older.append(enveloped(author.runId, { epoch: 1, seq: 0 }, [text('a')]))).rejects.toThrow(
        FencedError,
      );
      await expect(older.close()).rejects.toThrow(FencedError);
    });

    it('lets the writer with the newest token win, in whatever order they open', async () => {
      const peer = await log().peer();
      await fc.assert(
        fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), async (vouched) => {
          const runId = newRunId();
          const opened = await Promise.allSettled(
            vouched.map((epoch, at) => (at % 2 ? peer : log()).open(runId, { epoch, seq: 0 })),
          );
          const writers = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
          const appended = await Promise.allSettled(
            writers.map((writer) =>
              writer.append(enveloped(runId, { epoch: writer.epoch, seq: 0 }, [text('mine')])),
            ),
          );
          const winners = writers.filter((_, index) => appended[index]!.status === 'fulfilled');
          expect(winners.map((writer) => writer.epoch)).toEqual([4]);
          expect(await readToHead(log(), runId, null)).toMatchObject([{ epoch: 4, seq: 1 }]);
        }),
        { numRuns: 10 },
      );
    });

    it('refuses to open to an older token, also once closed, and stays as it was', async () => {
      const author = await new Author(log()).open({ epoch: 4, seq: 0 });
      await author.append(text('a'));
      const peer = await log().peer();
      const asItIs = async () => [
        await log().head(author.runId),
        await readToHead(log(), author.runId, null),
      ];
      for (const end of [() => author.append(text('b')), () => author.writer.close()]) {
        const before = await asItIs();
        for (const late of [undefined, { epoch: 3, seq: 9 }, { epoch: 4, seq: 9 }])
          await expect(peer.open(author.runId, late)).rejects.toThrow(FencedError);
        expect(await asItIs()).toEqual(before);
        await end();
      }
      expect(await log().head(author.runId)).toMatchObject({ epoch: 5, seq: 2, closed: true });
    });

    it('goes on after the last seq of the epochs before', async () => {
      const author = await new Author(log()).open();
      await author.append(text('a'), text('b'));
      await author.open();
      await author.open();
      await author.append(text('c'));
      expect(author.events.map(({ epoch, seq }) => [epoch, seq])).toEqual([
        [1, 1],
        [1, 2],
        [3, 3],
      ]);
      expect(await readToHead(log(), author.runId, null, { merge: false })).toEqual(author.events);
    });
  });

  describe('a log that was lost', () => {
    it('begins above the position that the row vouches for', async () => {
      const author = await new Author(log()).open({ epoch: 3, seq: 40 });
      expect([author.writer.epoch, author.writer.startSeq]).toEqual([4, 40]);
      expect(await log().head(author.runId)).toMatchObject({ epoch: 4, seq: 40, firstSeq: 41 });
      await author.append(warning('recovered'));

      const read = (epoch: number, seq: number) => log().read(author.runId, { epoch, seq });
      expect(await read(3, 41)).toEqual({ kind: 'gap', reason: 'lost' });
      expect(await read(1, 99)).toEqual({ kind: 'gap', reason: 'lost' });
      expect(await read(3, 39)).toEqual({ kind: 'gap', reason: 'trimmed' });
      expect(await read(4, 42)).toEqual({ kind: 'gap', reason: 'ahead' });
      expect(await log().read(author.runId, null)).toEqual({ kind: 'gap', reason: 'trimmed' });
      expect(await read(3, 40)).toMatchObject({ kind: 'events', events: author.events });
    });

    it('does not take the cursor of an epoch before the one vouched for for what the run was', async () => {
      const author = await new Author(log()).open({ epoch: 3, seq: 40 });
      await author.append(warning('recovered'));
      const read = (epoch: number, seq: number) => log().read(author.runId, { epoch, seq });
      for (const epoch of [1, 2])
        for (const seq of [1, 39, 40])
          expect(await read(epoch, seq)).toEqual({ kind: 'gap', reason: 'lost' });
      expect(await read(2, 0)).toEqual({ kind: 'gap', reason: 'trimmed' });
      expect(await read(3, 40)).toMatchObject({ kind: 'events', events: author.events });
      await author.open();
      expect(await read(2, 40)).toEqual({ kind: 'gap', reason: 'lost' });
      expect(await read(3, 40)).toMatchObject({ kind: 'events', events: author.events });
    });

    it('does so when it has lost its tail and the epoch that wrote it', async () => {
      const author = await new Author(log()).open();
      await author.append(text('a'), text('b'));
      await author.open({ epoch: 4, seq: 9 });
      await author.append(text('c'));
      const read = (epoch: number, seq: number) => log().read(author.runId, { epoch, seq });
      for (const epoch of [1, 2, 3]) expect(await read(epoch, 9)).toEqual({ kind: 'gap', reason: 'lost' });
      expect(await readToHead(log(), author.runId, { epoch: 4, seq: 9 })).toEqual(author.events.slice(2));
    });

    it('takes the snapshot of what was lost as its base', async () => {
      const author = await new Author(log()).open({ epoch: 1, seq: 40 });
      expect(await log().base(author.runId)).toBeNull();
      const snapshot = snapshotAt(author.runId, author.cursor);
      await log().trim(author.runId, snapshot);
      expect(await log().base(author.runId)).toEqual(snapshot);
      await author.append(warning('recovered'));
      expect(await readToHead(log(), author.runId, { epoch: 2, seq: 40 })).toEqual(author.events);
    });

    it('forgets what stands before a hole, and the base with it', async () => {
      const author = await new Author(log()).open();
      await author.append(text('a'), text('b'), text('c'));
      await log().trim(author.runId, snapshotAt(author.runId, { epoch: 1, seq: 1 }));
      await author.open({ epoch: 1, seq: 7 });
      expect(author.cursor).toEqual({ epoch: 2, seq: 7 });
      await author.append(text('h'));

      expect(await log().base(author.runId)).toBeNull();
      expect(await log().head(author.runId)).toMatchObject({ epoch: 2, seq: 8, firstSeq: 8 });
      expect(await log().read(author.runId, { epoch: 1, seq: 2 })).toEqual({
        kind: 'gap',
        reason: 'trimmed',
      });
      expect(await readToHead(log(), author.runId, { epoch: 2, seq: 7 })).toEqual(author.events.slice(3));
    });

    it('loses nothing when it holds more than the row vouches for', async () => {
      const author = await new Author(log()).open();
      await author.append(text('a'), text('b'), text('c'));
      await author.open({ epoch: 5, seq: 2 });
      expect(author.cursor).toEqual({ epoch: 6, seq: 3 });
      await author.append(text('d'));
      expect(await readToHead(log(), author.runId, null, { merge: false })).toEqual(author.events);
    });
  });
}
