import { countOf } from '../../protocol/packed.js';
import { jest } from '@jest/globals';
import type { DeltaEvent, RunEvent, RunEventBody } from '../../protocol/run-event.js';
import { CompactEvents, DELTAS_AT_ONCE } from './compact-events.js';
import { enveloped, text, warning } from './contract/events.js';
import { expectMerged } from './contract/reading.js';
import { SEGMENT_DELTAS, SEGMENT_TEXT, TextSegment } from './text-segment.js';

function store(...bodies: RunEventBody[]): { held: CompactEvents; events: RunEvent[] } {
  const events = enveloped('r', { epoch: 1, seq: 0 }, bodies);
  const held = new CompactEvents(0);
  for (const event of events) held.push(event);
  return { held, events };
}

const all = (held: CompactEvents, from = 1) => held.read(from, Infinity, false);

describe('[LOG-02] CompactEvents', () => {
  it('holds 20,000 one-character deltas as a few segments, exactly', () => {
    const { held, events } = store(...Array.from({ length: 20_000 }, (_, index) => text(String(index % 10))));
    expect(held.entryCount).toBe(Math.ceil(20_000 / SEGMENT_DELTAS));
    expect(all(held)).toStrictEqual(events);
    for (const from of [1, 2, SEGMENT_DELTAS, SEGMENT_DELTAS + 1, 10_000, 19_999, 20_000]) {
      const merged = held.read(from, Infinity, true);
      expectMerged(merged, events.slice(from - 1));
      expect(merged.length).toBeLessThanOrEqual(2);
    }
  });

  it('takes the same room for an answer however small its deltas are, up to their number', () => {
    const words = store(...Array.from({ length: 4_096 }, () => text('12345678')));
    expect(words.held.entryCount).toBe((4_096 * 8) / SEGMENT_TEXT);
  });

  it('holds parts that alternate as the objects that they were', () => {
    const { held, events } = store(
      ...Array.from({ length: 10 }, (_, index) => text('x', index % 2 ? 'a' : 'b')),
    );
    expect(held.entryCount).toBe(10);
    for (const [index, event] of all(held).entries()) expect(event).toBe(events[index]);
  });

  it('reads across the border of sealed segments from every seq next to it', () => {
    const piece = 'x'.repeat(SEGMENT_TEXT / 4);
    const { held, events } = store(...Array.from({ length: 13 }, (_, index) => text(`${index}${piece}`)));
    expect(held.entryCount).toBe(4);
    for (let from = 1; from <= 13; from += 1) {
      expect(all(held, from)).toStrictEqual(events.slice(from - 1));
      expectMerged(held.read(from, Infinity, true), events.slice(from - 1));
    }
  });

  it('joins the text of a segment as soon as something else follows', () => {
    const seal = jest.spyOn(TextSegment.prototype, 'seal');
    const { held } = store(text('a'), text('b'));
    expect(seal).not.toHaveBeenCalled();
    held.push(enveloped('r', { epoch: 1, seq: 2 }, [warning('x')])[0]!);
    expect(seal).toHaveBeenCalledTimes(1);
    seal.mockRestore();
  });

  it('adds what waited as one text, up to where the part changes', () => {
    const push = jest.spyOn(TextSegment.prototype, 'push');
    const bodies = Array.from({ length: DELTAS_AT_ONCE * 2 }, (_, index) =>
      text(`${index},`, index < DELTAS_AT_ONCE * 2 - 3 ? 'a' : 'b'),
    );
    const { held, events } = store(...bodies);
    expect(all(held)).toStrictEqual(events);
    const added = push.mock.calls.map(([deltas]) => countOf(deltas));
    expect(added).toEqual([DELTAS_AT_ONCE, DELTAS_AT_ONCE - 3, 3]);
    push.mockRestore();
  });

  it('does not add to a delta that fills a segment by itself', () => {
    const { held, events } = store(text('x'.repeat(SEGMENT_TEXT)), text('a'), text('b'));
    expect(held.entryCount).toBe(2);
    expect(all(held)).toStrictEqual(events);
  });

  it('keeps the halves of a surrogate pair that two deltas split, apart and joined', () => {
    const { held, events } = store(
      text('\ud83d'),
      text('\ude00'),
      text('\ud83d'),
      warning('x'),
      text('\ude00'),
    );
    expect(all(held)).toStrictEqual(events);
    const [smile, , rest] = held.read(1, 10, true) as DeltaEvent[];
    expect(smile!.delta).toBe('😀\ud83d');
    expect(rest!.delta).toBe('\ude00');
    expect((held.read(2, 10, true)[0] as DeltaEvent).delta).toBe('\ude00\ud83d');
  });

  it('keeps the halves apart over the border of a segment', () => {
    const { held, events } = store(
      text('x'),
      text(`${'x'.repeat(SEGMENT_TEXT - 2)}\ud83d`),
      text('\ude00'),
      text('y'),
    );
    expect(held.entryCount).toBe(2);
    expect(all(held)).toStrictEqual(events);
    expect((held.read(1, 10, true)[0] as DeltaEvent).delta.endsWith('😀y')).toBe(true);
  });

  it('does not keep a merged reading alive with later events', () => {
    const { held } = store(text('a'), text('b'));
    const [before] = held.read(1, 10, true) as DeltaEvent[];
    held.push({ ...enveloped('r', { epoch: 1, seq: 2 }, [text('c')])[0]! });
    expect(before).toMatchObject({ seq: 2, delta: 'ab' });
    expect(held.read(1, 10, true)).toMatchObject([{ from_seq: 1, seq: 3, delta: 'abc' }]);
  });

  it('drops whole segments when it is trimmed, and reads exactly inside the one that is left', () => {
    const { held, events } = store(
      ...Array.from({ length: SEGMENT_DELTAS * 3 }, (_, index) => text(`${index % 10}`)),
    );
    const size = held.size;
    held.trim(SEGMENT_DELTAS + 5);
    expect([held.entryCount, held.firstSeq]).toEqual([2, SEGMENT_DELTAS + 6]);
    expect(held.size).toBe((size * 2) / 3);
    expect(all(held, held.firstSeq)).toStrictEqual(events.slice(SEGMENT_DELTAS + 5));

    held.trim(held.lastSeq);
    expect([held.entryCount, held.size, held.firstSeq]).toEqual([0, 0, events.length + 1]);
    expect(all(held, held.firstSeq)).toEqual([]);
  });
});
