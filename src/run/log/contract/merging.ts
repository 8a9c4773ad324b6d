import fc from 'fast-check';
import type { RunEvent, RunEventBody } from '../../../protocol/run-event.js';
import type { RunState } from '../../../protocol/run-state.js';
import { applyEvent } from '../../../protocol/apply-event.js';
import { emptyRunState, sequenceOf } from '../../../protocol/run-state.js';
import { MERGED_TEXT_LIMIT } from '../run-log.js';
import { Author } from './author.js';
import { bodies, text, warning } from './events.js';
import type { Subject } from './log-under-test.js';
import { expectMerged, expectNoneLeft, readEvents, readToHead } from './reading.js';

const deltasOf = (count: number, delta = 'word ') => Array.from({ length: count }, () => text(delta));

export function describeMerging({ log, propertyRuns }: Subject): void {
  async function merged(...batch: RunEventBody[]): Promise<RunEvent[]> {
    const author = await new Author(log()).open();
    await author.append(...batch);
    return readToHead(log(), author.runId, null);
  }

  describe('merging', () => {
    it('is on unless it is turned off', async () => {
      const author = await new Author(log()).open();
      await author.append(text('a'), text('b'), text('c'));
      expect(await readToHead(log(), author.runId, null)).toMatchObject([
        { from_seq: 1, seq: 3, delta: 'abc' },
      ]);
      expect(await readToHead(log(), author.runId, null, { merge: true })).toHaveLength(1);
      expect(await readToHead(log(), author.runId, null, { merge: false })).toStrictEqual(author.events);
    });

    it('joins deltas that were appended one by one', async () => {
      const author = await new Author(log()).open();
      for (const body of deltasOf(100)) await author.append(body);
      expect(await readToHead(log(), author.runId, null)).toMatchObject([{ from_seq: 1, seq: 100 }]);
    });

    it('leaves a delta that stands alone as it is, without from_seq', async () => {
      const events = await merged(warning('a'), text('b'), warning('c'));
      expect(events).toMatchObject([{ seq: 1 }, { seq: 2, delta: 'b' }, { seq: 3 }]);
      expect(events[1]).not.toHaveProperty('from_seq');
    });

    it('counts a merged delta as one against the limit', async () => {
      const author = await new Author(log()).open();
      await author.append(...deltasOf(50), warning('x'), ...deltasOf(50));
      const { events, cursor } = await readEvents(log(), author.runId, null, { limit: 2 });
      expect(events).toMatchObject([{ from_seq: 1, seq: 50 }, { seq: 51 }]);
      expect(cursor.seq).toBe(51);
    });

    const args = (tool_call_id: string, index: number): RunEventBody => ({
      type: 'tool_call.args.delta',
      step_id: 's',
      tool_call_id,
      index,
      delta: '{',
    });
    const apart: [string, RunEventBody, RunEventBody][] = [
      ['another part', text('a', 'p1'), text('b', 'p2')],
      ['another type', text('a', 'p1'), { ...text('b', 'p1'), type: 'reasoning.delta' } as RunEventBody],
      ['another step', text('a'), { ...text('b'), step_id: 'other' } as RunEventBody],
      ['another node', text('a'), { ...text('b'), node_run_id: 'node' } as RunEventBody],
      ['another tool call', args('c1', 0), args('c2', 0)],
      ['another index', args('c1', 0), args('c1', 1)],
    ];
    it.each(apart)('never crosses into %s', async (_, one, other) => {
      const events = await merged(one, one, other, other, one);
      expect(events.map(({ seq }) => seq)).toEqual([2, 4, 5]);
    });

    it('never crosses another event', async () => {
      const events = await merged(text('a'), text('b'), warning('x'), text('c'), text('d'));
      expect(events).toMatchObject([
        { seq: 2, delta: 'ab' },
        { seq: 3 },
        { from_seq: 4, seq: 5, delta: 'cd' },
      ]);
    });

    it('never crosses the border of an epoch', async () => {
      const author = await new Author(log()).open();
      await author.append(text('a'), text('b'));
      await author.open();
      await author.append(text('c'), text('d'));
      expect(await readToHead(log(), author.runId, null)).toMatchObject([
        { epoch: 1, from_seq: 1, seq: 2, delta: 'ab' },
        { epoch: 2, from_seq: 3, seq: 4, delta: 'cd' },
      ]);
    });

    it('keeps the text of a merged delta within the limit, and a longer single delta whole', async () => {
      const author = await new Author(log()).open();
      const long = text('x'.repeat(MERGED_TEXT_LIMIT * 2));
      await author.append(...deltasOf(10_000), long, text('y'), long);
      const { events } = await readEvents(log(), author.runId, null);
      expectMerged(events, author.events);
      expectNoneLeft(events);
      expect(events.length).toBeLessThan(10);
    });

    it('is exact after any seq inside a stretch that was merged', async () => {
      const author = await new Author(log()).open();
      await author.append(...Array.from({ length: 3_000 }, (_, index) => text(`${index} `)));
      for (let seq = 0; seq < 3_000; seq += 37) {
        const { events } = await readEvents(log(), author.runId, { epoch: 1, seq });
        expectMerged(events, author.events.slice(seq));
      }
    });

    it('joins what can be joined, and nothing else', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(bodies, { maxLength: 4 }), async (batches) => {
          const author = await new Author(log()).open();
          for (const batch of batches) await author.append(...batch);
          const { events } = await readEvents(log(), author.runId, null, { limit: 1_000 });
          expectMerged(events, author.events);
          expectNoneLeft(events);
        }),
        { numRuns: propertyRuns },
      );
    });

    it('folds to the same state as the single events, from every cut', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(bodies, { minLength: 1, maxLength: 3 }),
          fc.nat(),
          fc.integer({ min: 1, max: 10 }),
          async (batches, pick, limit) => {
            const author = new Author(log());
            for (const batch of batches) await (await author.open()).append(...batch);
            const cut = pick % (author.events.length + 1);
            const cursor = { epoch: author.events[cut - 1]?.epoch ?? 1, seq: cut };

            const whole = fold(author.runId, author.events);
            const head = author.events.slice(0, cut);
            const tail = await readToHead(log(), author.runId, cursor, { limit });
            expect(fold(author.runId, [...head, ...tail])).toEqual(whole);
          },
        ),
        { numRuns: propertyRuns },
      );
    });
  });
}

function fold(runId: string, events: readonly RunEvent[]): RunState {
  const state = emptyRunState(runId);
  for (const event of events) {
    expect(sequenceOf(state.seq, event)).toBe('next');
    applyEvent(state, event);
  }
  return state;
}
