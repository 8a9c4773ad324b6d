import fc from 'fast-check';
import { Author } from './author.js';
import { bodies, snapshotAt, text, warning } from './events.js';
import type { Subject } from './log-under-test.js';
import { newRunId } from './log-under-test.js';
import { expectMerged, readToHead } from './reading.js';

export function describeTrimming({ log, propertyRuns }: Subject): void {
  async function fiveEvents(): Promise<Author> {
    const author = await new Author(log()).open();
    await author.append(text('a'), text('b'), text('c'), warning('d'), text('e'));
    return author;
  }

  describe('trimming', () => {
    it('forgets the events up to the snapshot, and keeps it as the base', async () => {
      const author = await fiveEvents();
      const snapshot = snapshotAt(author.runId, { epoch: 1, seq: 2 });
      await log().trim(author.runId, snapshot);

      expect(await log().base(author.runId)).toEqual(snapshot);
      expect(await log().head(author.runId)).toMatchObject({ epoch: 1, seq: 5, firstSeq: 3 });
      const gap = { kind: 'gap', reason: 'trimmed' };
      expect(await log().read(author.runId, null)).toEqual(gap);
      expect(await log().read(author.runId, { epoch: 1, seq: 0 })).toEqual(gap);
      expect(await log().read(author.runId, { epoch: 1, seq: 1 })).toEqual(gap);
      const rest = await readToHead(log(), author.runId, { epoch: 1, seq: 2 }, { merge: false });
      expect(rest).toEqual(author.events.slice(2));
    });

    it('can forget all of it; the writer goes on', async () => {
      const author = await fiveEvents();
      await log().trim(author.runId, snapshotAt(author.runId, author.cursor));
      expect(await log().head(author.runId)).toMatchObject({ seq: 5, firstSeq: 6 });
      const appended = await author.append(text('f'), text('g'));
      const rest = await readToHead(log(), author.runId, { epoch: 1, seq: 5 }, { merge: false });
      expect(rest).toEqual(appended);
    });

    it('forgets also what was appended last and alone', async () => {
      const author = await fiveEvents();
      const before = author.cursor;
      await author.append(text('f'));
      await log().trim(author.runId, snapshotAt(author.runId, author.cursor));
      for (const merge of [true, false])
        expect(await log().read(author.runId, before, { merge })).toEqual({ kind: 'gap', reason: 'trimmed' });
    });

    it('takes the newest snapshot as the base, and ignores an older one', async () => {
      const author = await fiveEvents();
      const [older, newer] = [2, 4].map((seq) => snapshotAt(author.runId, { epoch: 1, seq }));
      await log().trim(author.runId, newer!);
      await log().trim(author.runId, older!);
      expect(await log().base(author.runId)).toEqual(newer);
      expect(await log().head(author.runId)).toMatchObject({ firstSeq: 5 });
    });

    it.each([
      ['ahead of the log', { epoch: 1, seq: 6 }],
      ['of an epoch to come', { epoch: 2, seq: 2 }],
    ])('refuses a snapshot %s', async (_, at) => {
      const author = await fiveEvents();
      const trimmed = log().trim(author.runId, snapshotAt(author.runId, at));
      await expect(trimmed).rejects.toMatchObject({ code: 'internal' });
      expect(await readToHead(log(), author.runId, null, { merge: false })).toEqual(author.events);
      expect(await log().base(author.runId)).toBeNull();
    });

    it('refuses the snapshot of a tail that was replaced', async () => {
      const author = await fiveEvents();
      await author.open();
      await author.append(text('f'), text('g'));
      const trimmed = log().trim(author.runId, snapshotAt(author.runId, { epoch: 1, seq: 6 }));
      await expect(trimmed).rejects.toMatchObject({ code: 'internal' });
    });

    it('does nothing for a run that is not there', async () => {
      const runId = newRunId();
      await log().trim(runId, snapshotAt(runId, { epoch: 1, seq: 1 }));
      expect(await log().head(runId)).toBeNull();
      expect(await log().base(runId)).toBeNull();
    });

    it('goes with the log when it is dropped', async () => {
      const author = await fiveEvents();
      await log().trim(author.runId, snapshotAt(author.runId, { epoch: 1, seq: 2 }));
      await log().drop(author.runId);
      expect(await log().base(author.runId)).toBeNull();
    });

    it('makes room', async () => {
      const author = await new Author(log()).open();
      await author.append(
        ...Array.from({ length: 1_000 }, () => text('0123456789')),
        warning('w'.repeat(1_000)),
      );
      const before = (await log().head(author.runId))!.size;
      await log().trim(author.runId, snapshotAt(author.runId, author.cursor));
      expect(before).toBeGreaterThan(10_000);
      expect((await log().head(author.runId))!.size).toBe(0);
    });

    it('is exact at every seq', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(bodies, { minLength: 1, maxLength: 4 }),
          fc.nat(),
          async (batches, pick) => {
            const author = await new Author(log()).open();
            for (const batch of batches) await author.append(...batch);
            const seq = pick % (author.events.length + 1);
            await log().trim(author.runId, snapshotAt(author.runId, { epoch: 1, seq }));
            await author.append(text('after'));

            for (let from = seq; from <= author.events.length; from += 1) {
              const rest = author.events.slice(from);
              const cursor = { epoch: 1, seq: from };
              const plain = await readToHead(log(), author.runId, cursor, { merge: false });
              expect(plain).toStrictEqual(rest);
              expectMerged(await readToHead(log(), author.runId, cursor), rest);
            }
          },
        ),
        { numRuns: propertyRuns },
      );
    });
  });
}
