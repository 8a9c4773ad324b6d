import fc from 'fast-check';
import type { RunEvent } from '../../../protocol/run-event.js';
import { FencedError } from '../run-log.js';
import { Author } from './author.js';
import { bodies, text, warning } from './events.js';
import type { Subject } from './log-under-test.js';
import { newRunId } from './log-under-test.js';
import { expectMerged, readEvents, readToHead } from './reading.js';

export function describeAppending({ log, propertyRuns }: Subject): void {
  describe('appending', () => {
    it('knows nothing of a run before it is opened', async () => {
      const runId = newRunId();
      expect(await log().read(runId, null)).toEqual({ kind: 'gap', reason: 'unknown' });
      expect(await log().read(runId, { epoch: 1, seq: 0 })).toEqual({ kind: 'gap', reason: 'unknown' });
      expect(await log().head(runId)).toBeNull();
      expect(await log().base(runId)).toBeNull();
    });

    it('begins with epoch 1, before seq 1, empty', async () => {
      const { runId, writer } = await new Author(log()).open();
      expect([writer.epoch, writer.startSeq]).toEqual([1, 0]);
      expect(await log().head(runId)).toMatchObject({
        epoch: 1,
        seq: 0,
        firstSeq: 1,
        closed: false,
        size: 0,
      });
      const { events, cursor } = await readEvents(log(), runId, null);
      expect([events, cursor]).toEqual([[], { epoch: 1, seq: 0 }]);
    });

    it('shows an event to every reader once its append has resolved', async () => {
      const author = await new Author(log()).open();
      const peer = await log().peer();
      for (const delta of ['a', 'b', 'c']) {
        const before = author.cursor;
        const appended = await author.append(text(delta));
        expect((await readEvents(peer, author.runId, before)).events).toEqual(appended);
        expect(await peer.head(author.runId)).toMatchObject(author.cursor);
      }
    });

    it('gives back exactly what was appended, in whatever batches', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(bodies, { maxLength: 6 }),
          fc.integer({ min: 1, max: 40 }),
          async (batches, limit) => {
            const author = await new Author(log()).open();
            for (const batch of batches) await author.append(...batch);
            const plain = await readToHead(log(), author.runId, null, { merge: false, limit });
            expect(plain).toStrictEqual(author.events);
          },
        ),
        { numRuns: propertyRuns },
      );
    });

    it('keeps the order of appends that do not wait for each other', async () => {
      const author = await new Author(log()).open();
      const events = author.next(...Array.from({ length: 50 }, (_, index) => text(`${index} `)));
      await Promise.all(events.map((event) => author.writer.append([event])));
      expect(await readToHead(log(), author.runId, null, { merge: false })).toEqual(events);
    });

    it('takes deltas packed as it takes them one by one', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(bodies, { maxLength: 6 }), async (batches) => {
          const author = await new Author(log()).open();
          for (const batch of batches) await author.append(...batch);
          const packer = await new Author(log()).open();
          for (const batch of batches) await packer.appendPacked(...batch);
          expect(packer.events).toStrictEqual(
            author.events.map((event) => ({ ...event, run_id: packer.runId })),
          );
          const plain = await readToHead(log(), packer.runId, null, { merge: false });
          expect(plain).toStrictEqual(packer.events);
          expectMerged(await readToHead(log(), packer.runId, null, { merge: true }), packer.events);
        }),
        { numRuns: propertyRuns },
      );
    });

    it('takes an empty batch', async () => {
      const author = await new Author(log()).open();
      await author.writer.append([]);
      expect(await log().head(author.runId)).toMatchObject({ seq: 0 });
    });

    describe('refuses as a whole, and goes on unharmed after', () => {
      const wrongSeqs: [string, (events: RunEvent[]) => RunEvent[]][] = [
        ['a hole before the batch', ([, second, third]) => [second!, third!]],
        ['a hole within it', ([first, , third]) => [first!, third!]],
        ['an event twice', ([first, second]) => [first!, second!, second!]],
        ['the wrong order', ([first, second]) => [second!, first!]],
        ['a seq that the log holds', ([first]) => [{ ...first!, seq: first!.seq - 1 }, first!]],
      ];
      it.each(wrongSeqs)('%s', async (_, spoil) => {
        const author = await new Author(log()).open();
        await author.append(text('kept'));
        const batch = author.next(text('1'), warning('2'), text('3'));
        await expect(author.writer.append(spoil(batch))).rejects.toThrow(FencedError);
        await expectUnharmed(author);
      });

      const one = { ends: [1] };
      const foreign: [string, (event: RunEvent) => RunEvent][] = [
        ['an event of another run', (event) => ({ ...event, run_id: 'another' })],
        ['an event of another epoch', (event) => ({ ...event, epoch: event.epoch + 1 })],
        ['a delta that is merged already', (event) => ({ ...event, from_seq: event.seq }) as RunEvent],
        [
          'a packed delta that begins elsewhere than its first',
          (event) => ({ ...event, from_seq: 9, ...one }) as RunEvent,
        ],
      ];
      it.each(foreign)('%s', async (_, spoil) => {
        const author = await new Author(log()).open();
        await author.append(text('kept'));
        const [first, second] = author.next(text('1'), text('2'));
        await expect(author.writer.append([first!, spoil(second!)])).rejects.toMatchObject({
          code: 'internal',
        });
        await expectUnharmed(author);
      });

      async function expectUnharmed(author: Author): Promise<void> {
        expect(await readToHead(log(), author.runId, null)).toEqual(author.events);
        await author.append(warning('after'));
        expect(await readToHead(log(), author.runId, null)).toEqual(author.events);
      }
    });

    it('counts what it holds', async () => {
      const author = await new Author(log()).open();
      const sizes: number[] = [];
      for (const body of [text('x'.repeat(1_000)), warning('y'.repeat(1_000)), text('z'.repeat(1_000))]) {
        await author.append(body);
        sizes.push((await log().head(author.runId))!.size);
      }
      for (const [index, size] of sizes.entries()) {
        expect(size).toBeGreaterThanOrEqual((index + 1) * 1_000);
        expect(size).toBeLessThan((index + 1) * 1_500);
      }
    });

    it('keeps runs apart', async () => {
      const authors = await Promise.all(Array.from({ length: 20 }, () => new Author(log()).open()));
      for (let round = 0; round < 5; round += 1) {
        await Promise.all(
          authors.map((author, index) => author.append(text(`${index}.${round} `), warning(`${index}`))),
        );
      }
      for (const { runId, events } of authors) expect(await readToHead(log(), runId, null)).toEqual(events);
    });
  });

  describe('closing', () => {
    it('is seen at the head, and leaves the events readable', async () => {
      const author = await new Author(log()).open();
      await author.append(text('a'), warning('b'));
      const atEnd = () => readEvents(log(), author.runId, author.cursor);
      expect(await atEnd()).toMatchObject({ events: [], closed: false });
      await author.writer.close();
      expect(await log().head(author.runId)).toMatchObject({ ...author.cursor, closed: true });
      expect(await atEnd()).toMatchObject({ events: [], closed: true });
      expect(await readEvents(await log().peer(), author.runId, null)).toMatchObject({ closed: true });
      expect(await readToHead(log(), author.runId, null)).toEqual(author.events);
    });

    it('ends writing, and does nothing a second time', async () => {
      const author = await new Author(log()).open();
      await author.append(text('a'));
      await author.writer.close();
      await author.writer.close();
      await expect(author.append(text('b'))).rejects.toThrow(FencedError);
      expect(await readToHead(log(), author.runId, null)).toEqual(author.events);
    });

    it('is undone by opening the log again', async () => {
      const author = await new Author(log()).open();
      await author.append(text('a'));
      await author.writer.close();
      await author.open();
      expect(await log().head(author.runId)).toMatchObject({ epoch: 2, seq: 1, closed: false });
      expect(await readEvents(log(), author.runId, author.cursor)).toMatchObject({ closed: false });
      await author.append(text('b'));
      expect(await readToHead(log(), author.runId, null)).toEqual(author.events);
    });
  });

  describe('dropping', () => {
    it('forgets everything, and fences the writer', async () => {
      const author = await new Author(log()).open();
      await author.append(text('a'), warning('b'));
      await log().drop(author.runId);
      expect(await log().read(author.runId, { epoch: 1, seq: 1 })).toEqual({
        kind: 'gap',
        reason: 'unknown',
      });
      expect(await log().head(author.runId)).toBeNull();
      await expect(author.append(text('c'))).rejects.toThrow(FencedError);
      await expect(author.writer.close()).rejects.toThrow(FencedError);
      expect(await log().head(author.runId)).toBeNull();
    });

    it('leaves other runs alone, and takes a run that is not there', async () => {
      const [gone, stays] = [await new Author(log()).open(), await new Author(log()).open()];
      await gone.append(text('a'));
      await stays.append(text('b'));
      await log().drop(gone.runId);
      await log().drop(gone.runId);
      expect(await readToHead(log(), stays.runId, null)).toEqual(stays.events);
    });
  });
}
