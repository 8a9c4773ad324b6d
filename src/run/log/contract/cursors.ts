import fc from 'fast-check';
import { DEFAULT_READ_LIMIT } from '../run-log.js';
import { Author } from './author.js';
import { bodies, snapshotAt, text, warning } from './events.js';
import type { Subject } from './log-under-test.js';
import { expectMerged, readEvents, readToHead } from './reading.js';

export function describeCursors({ log, propertyRuns }: Subject): void {
  describe('resuming', () => {
    it('is exclusive and exact from every seq, merged or not', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(bodies, { minLength: 1, maxLength: 3 }), async (batches) => {
          const author = new Author(log());
          // An epoch for each batch, so that every border is crossed.
          for (const batch of batches) await (await author.open()).append(...batch);
          for (let seq = 0; seq <= author.events.length; seq += 1) {
            const cursor = { epoch: author.events[seq - 1]?.epoch ?? 1, seq };
            const rest = author.events.slice(seq);
            const plain = await readToHead(log(), author.runId, cursor, { merge: false });
            expect(plain).toStrictEqual(rest);
            expectMerged(await readToHead(log(), author.runId, cursor), rest);
          }
        }),
        { numRuns: Math.ceil(propertyRuns / 2) },
      );
    });

    it('gives at most `limit` events, and the cursor for the next', async () => {
      const author = await new Author(log()).open();
      await author.append(...Array.from({ length: 10 }, (_, index) => warning(`${index}`)));
      const first = await readEvents(log(), author.runId, null, { limit: 4 });
      expect(first.events).toEqual(author.events.slice(0, 4));
      expect(first.cursor).toEqual({ epoch: 1, seq: 4 });
      const second = await readEvents(log(), author.runId, first.cursor, { limit: 100 });
      expect(second.events).toEqual(author.events.slice(4));
    });

    it('has a limit when none is asked for', async () => {
      const author = await new Author(log()).open();
      await author.append(
        ...Array.from({ length: DEFAULT_READ_LIMIT + 1 }, (_, index) => warning(`${index}`)),
      );
      const { events } = await readEvents(log(), author.runId, null);
      expect(events).toHaveLength(DEFAULT_READ_LIMIT);
    });

    it('stays where it is at the head, and goes on from there', async () => {
      const author = await new Author(log()).open();
      await author.append(text('a'), warning('b'));
      const head = await readEvents(log(), author.runId, author.cursor);
      expect(head).toMatchObject({ events: [], cursor: { seq: 2 } });
      await author.open();
      expect(await readEvents(log(), author.runId, head.cursor)).toMatchObject({
        events: [],
        cursor: { seq: 2 },
      });
      const appended = await author.append(text('c'));
      expect((await readEvents(log(), author.runId, head.cursor)).events).toEqual(appended);
    });

    it('gives two readers at the same place the same', async () => {
      const author = await new Author(log()).open();
      await author.append(text('a'));
      for (const [after, limit, merge] of [
        [0, 1, true],
        [0, 1, false],
        [0, 5, true],
        [1, 5, true],
      ] as const) {
        const before = author.cursor;
        const appended = await author.append(text('b'), text('c'));
        const cursor = { ...before, seq: before.seq - 1 + after };
        const once = await readEvents(log(), author.runId, cursor, { limit, merge });
        const again = await readEvents(log(), author.runId, cursor, { limit, merge });
        expect(again).toEqual(once);
        expect(once.events.at(-1)!.seq).toBe(merge ? appended.at(-1)!.seq : cursor.seq + limit);
      }
    });
  });

  describe('a cursor that was served before', () => {
    const gap = (reason: string) => ({ kind: 'gap', reason });

    async function served(): Promise<Author> {
      const author = await new Author(log()).open();
      await author.append(text('a'), text('b'), text('c'));
      const first = await readEvents(log(), author.runId, { epoch: 1, seq: 1 });
      expect(first.events).toMatchObject([{ from_seq: 2, seq: 3, delta: 'bc' }]);
      return author;
    }
    const again = (author: Author, epoch = 1) => log().read(author.runId, { epoch, seq: 1 });

    it('shows what has been appended since', async () => {
      const author = await served();
      await author.append(text('d'));
      expect(await again(author)).toMatchObject({ events: [{ from_seq: 2, seq: 4, delta: 'bcd' }] });
    });

    it('is trimmed once the log is', async () => {
      const author = await served();
      await log().trim(author.runId, snapshotAt(author.runId, { epoch: 1, seq: 2 }));
      expect(await again(author)).toEqual(gap('trimmed'));
    });

    it('is trimmed once a writer goes on beyond a hole', async () => {
      const author = await served();
      await author.open({ epoch: 1, seq: 9 });
      expect(await again(author)).toEqual(gap('trimmed'));
    });

    it('is unknown once the log was dropped, and lost when the next one begins before it', async () => {
      const author = await served();
      await log().drop(author.runId);
      expect(await again(author)).toEqual(gap('unknown'));
      await author.open({ epoch: 1, seq: 0 });
      await author.append(text('x'), text('y'), text('z'));
      expect(await again(author)).toEqual(gap('lost'));
    });

    it('says nothing of the same seq in another epoch', async () => {
      expect(await again(await served(), 2)).toEqual(gap('ahead'));
    });
  });

  describe('a cursor across epochs', () => {
    // Epoch 1 holds 1 to 3, epoch 2 nothing, epoch 3 holds 4 to 6, epoch 4 nothing so far.
    const firstOfNext = new Map([
      [1, 4],
      [2, 4],
      [3, 7],
    ]);
    const lastSeq = 6;

    async function fourEpochs(): Promise<Author> {
      const author = await new Author(log()).open();
      await author.append(text('a'), text('b'), warning('c'));
      await author.open();
      await author.open();
      await author.append(text('d'), text('e'), warning('f'));
      return author.open();
    }

    it.each([1, 2, 3])(
      'of epoch %i is valid below the first seq of the next, and lost from there',
      async (epoch) => {
        const { runId, events } = await fourEpochs();
        for (let seq = 0; seq <= lastSeq + 3; seq += 1) {
          const read = await log().read(runId, { epoch, seq }, { merge: false });
          const valid = seq < firstOfNext.get(epoch)!;
          expect(read).toEqual(
            valid
              ? expect.objectContaining({ kind: 'events', events: events.slice(seq) })
              : { kind: 'gap', reason: 'lost' },
          );
        }
      },
    );

    it('of the current epoch is valid up to the last seq, and ahead after it', async () => {
      const { runId, events } = await fourEpochs();
      for (let seq = 0; seq <= lastSeq + 3; seq += 1) {
        const read = await log().read(runId, { epoch: 4, seq }, { merge: false });
        expect(read).toEqual(
          seq <= lastSeq
            ? expect.objectContaining({ kind: 'events', events: events.slice(seq) })
            : { kind: 'gap', reason: 'ahead' },
        );
      }
    });

    it.each([0, 6, 99])('of an epoch to come is ahead, even at seq %i', async (seq) => {
      const { runId } = await fourEpochs();
      expect(await log().read(runId, { epoch: 5, seq })).toEqual({ kind: 'gap', reason: 'ahead' });
    });

    it('that is none reads from the beginning', async () => {
      const { runId, events } = await fourEpochs();
      expect(await readToHead(log(), runId, null, { merge: false })).toEqual(events);
    });
  });
}
