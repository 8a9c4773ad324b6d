import fc from 'fast-check';
import type { RunEvent } from '../../../protocol/run-event.js';
import { bodies, enveloped, text, warning } from '../contract/events.js';
import { expectMerged } from '../contract/reading.js';
import { ENTRY_DELTAS, ENTRY_TEXT, EntryEncoder } from './entry-encoder.js';
import { RowCollector, type Row } from './row-collector.js';

const runId = 'run';

/** The rows that the read script gives: those from the cursor on, where a place that is the one of the row before is 0. */
function rowsOf(batches: readonly (readonly RunEvent[])[], after = 0): Row[] {
  const encoder = new EntryEncoder();
  let place: string | null = null;
  return batches
    .flatMap((batch) => encoder.encode(batch))
    .filter((entry) => entry.seq > after)
    .map((entry) => {
      const isSame = entry.place === place;
      place = entry.place;
      return JSON.parse(`[${entry.seq},${isSame ? '0' : entry.place},${entry.body}]`) as Row;
    });
}

function collect(rows: readonly Row[], afterSeq: number, limit: number, merge: boolean) {
  const collector = new RowCollector({ runId, after: { epoch: 1, seq: afterSeq }, limit, merge });
  collector.add(rows, [{ epoch: 1, firstSeq: 1 }]);
  return { events: collector.finish(), collector };
}

function batchesOf(groups: Parameters<typeof enveloped>[2][]): RunEvent[][] {
  let seq = 0;
  return groups.map((group) => {
    const events = enveloped(runId, { epoch: 1, seq }, group);
    seq += events.length;
    return events;
  });
}

describe('entries', () => {
  it('give back what was written, after any seq, merged or not, with any limit', () => {
    fc.assert(
      fc.property(
        fc.array(bodies, { maxLength: 5 }),
        fc.nat(),
        fc.integer({ min: 1, max: 30 }),
        (groups, pick, limit) => {
          const batches = batchesOf(groups);
          const events = batches.flat();
          const after = pick % (events.length + 1);
          const rows = rowsOf(batches, after);

          const single = collect(rows, after, limit, false);
          expect(single.events).toStrictEqual(events.slice(after, after + limit));

          const merged = collect(rows, after, limit, true);
          expect(merged.events.length).toBeLessThanOrEqual(limit);
          const last = merged.events.at(-1)?.seq ?? after;
          expect(merged.collector.cursor.seq).toBe(last);
          expectMerged(merged.events, events.slice(after, last));
          if (events.length > after) expect(last).toBeGreaterThan(after);
        },
      ),
    );
  });

  it('hold a stretch of text as one, up to their limits', () => {
    const words = Array.from({ length: ENTRY_DELTAS + 1 }, () => text('x'));
    const long = text('y'.repeat(ENTRY_TEXT * 2));
    const [batch] = batchesOf([[...words, warning('w'), text('a'), text('b'), long, long]]);
    const entries = new EntryEncoder().encode(batch!);
    const first = ENTRY_DELTAS + 2;
    expect(entries.map(({ seq }) => seq)).toEqual([
      ENTRY_DELTAS,
      ENTRY_DELTAS + 1,
      first,
      first + 2,
      first + 3,
      first + 4,
    ]);
    expect(entries[3]!.body).toBe('["ab",1]');
    expect(entries[1]!.body).toBe('"x"');
    expect(entries[1]!.place).toBe('{"type":"text.delta","step_id":"step","part_id":"text"}');
    expect(entries[2]!.place).toBe('null');
  });

  it('take their epoch from their seq, also where an epoch is empty', () => {
    const rows: Row[] = [1, 2, 3, 4].map((seq) => [seq, seq === 1 ? null : 0, { type: 'warning' }]);
    const collector = new RowCollector({ runId, after: { epoch: 1, seq: 0 }, limit: 9, merge: false });
    collector.add(rows, [
      { epoch: 1, firstSeq: 1 },
      { epoch: 2, firstSeq: 3 },
      { epoch: 5, firstSeq: 3 },
      { epoch: 6, firstSeq: 5 },
    ]);
    expect(collector.finish().map(({ epoch }) => epoch)).toEqual([1, 1, 5, 5]);
    expect(collector.cursor).toEqual({ epoch: 5, seq: 4 });
  });

  it('are not read across a hole', () => {
    const rows = rowsOf(batchesOf([[text('a')], [warning('b')], [text('c'), text('d')], [warning('e')]]));
    const holed = [rows[0]!, ...rows.slice(2)];
    for (const merge of [true, false])
      expect(collect(holed, 0, 9, merge).events).toMatchObject([{ seq: 1, delta: 'a' }]);
    expect(collect(rows.slice(2), 0, 9, true).events).toEqual([]);
  });
});
