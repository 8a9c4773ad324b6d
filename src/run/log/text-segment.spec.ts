import fc from 'fast-check';
import type { DeltaEvent } from '../../protocol/run-event.js';
import { SEGMENT_DELTAS, SEGMENT_TEXT, TextSegment } from './text-segment.js';
import { anyCharacter } from '../../protocol/text.arbitrary.js';

function delta(text: string, seq: number): DeltaEvent {
  return { v: 1, run_id: 'r', epoch: 1, seq, type: 'text.delta', step_id: 's', part_id: 'p', delta: text };
}

function segmentOf(deltas: readonly string[]): TextSegment {
  const segment = new TextSegment(delta('', 7), 7);
  for (const text of deltas) segment.push({ delta: text }, 0);
  return segment;
}

const texts = fc.array(fc.string({ unit: anyCharacter, maxLength: 20 }), { minLength: 1, maxLength: 40 });

describe('[LOG-02] TextSegment', () => {
  it('gives back any range of its deltas, open or sealed', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), fc.boolean(), (deltas, one, other, sealed) => {
        const segment = segmentOf(deltas);
        if (sealed) segment.seal();
        const [from, to] = [one, other].map((pick) => pick % (deltas.length + 1)).sort((a, b) => a - b);
        expect(segment.textOf(from!, to!)).toBe(deltas.slice(from, to).join(''));
        expect([segment.count, segment.lastSeq]).toEqual([deltas.length, 6 + deltas.length]);
        expect(segment.length).toBe(deltas.join('').length);
      }),
    );
  });

  it('says how many deltas fit, open or sealed', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat({ max: 200 }), fc.boolean(), (deltas, pick, room, sealed) => {
        const segment = segmentOf(deltas);
        if (sealed) segment.seal();
        const from = pick % deltas.length;
        let to = from;
        while (to < deltas.length && deltas.slice(from, to + 1).join('').length <= room) to += 1;
        expect(segment.fitting(from, room)).toBe(to);
      }),
    );
  });

  it('is sealed by its text', () => {
    const segment = segmentOf(['x'.repeat(SEGMENT_TEXT - 1)]);
    expect(segment.sealed).toBe(false);
    segment.push({ delta: '' }, 0);
    expect(segment.sealed).toBe(false);
    segment.push({ delta: 'é' }, 0);
    expect(segment.sealed).toBe(true);
    expect(segment.accepts(delta('more', segment.lastSeq + 1))).toBe(false);
  });

  it('is sealed by its number of deltas, even when they are empty', () => {
    const segment = segmentOf(Array.from({ length: SEGMENT_DELTAS - 1 }, () => ''));
    expect(segment.sealed).toBe(false);
    segment.push({ delta: '' }, 0);
    expect([segment.sealed, segment.count]).toEqual([true, SEGMENT_DELTAS]);
    expect(segment.textOf(0, SEGMENT_DELTAS)).toBe('');
  });

  it.each([65_535, 65_536, 1_000_000])('holds a delta of %i characters', (length) => {
    const segment = segmentOf(['a', 'x'.repeat(length - 1)]);
    expect(segment.sealed).toBe(true);
    expect(segment.textOf(0, 1)).toBe('a');
    expect(segment.textOf(1, 2)).toHaveLength(length - 1);
  });
});
