import { enveloped, text, warning } from '../contract/events.js';
import { LocalTail, TAIL_SIZE } from './local-tail.js';

const events = (seq: number, ...words: string[]) =>
  enveloped(
    'run',
    { epoch: 2, seq },
    words.map((word) => text(word)),
  );

describe('LocalTail', () => {
  it('reads what it holds as the log does, and cannot tell about anything else', () => {
    const tail = new LocalTail(2, 5);
    tail.push(events(5, 'a', 'b', 'c'));
    expect(tail.read({ epoch: 2, seq: 5 }, 9, true)).toMatchObject({
      kind: 'events',
      events: [{ from_seq: 6, seq: 8, delta: 'abc' }],
      cursor: { epoch: 2, seq: 8 },
    });
    expect(tail.read({ epoch: 2, seq: 6 }, 1, false)).toMatchObject({
      events: [{ seq: 7, delta: 'b' }],
      cursor: { epoch: 2, seq: 7 },
    });
    expect(tail.read({ epoch: 2, seq: 8 }, 9, true)).toMatchObject({
      events: [],
      cursor: { epoch: 2, seq: 8 },
    });
    for (const [epoch, seq] of [
      [2, 4],
      [2, 9],
      [1, 5],
      [3, 6],
    ] as const)
      expect(tail.read({ epoch, seq }, 9, true)).toBeNull();
    expect(tail.read(null, 9, true)).toBeNull();
  });

  it('knows the beginning when it was there', () => {
    const tail = new LocalTail(2, 0);
    expect(tail.read(null, 9, true)).toMatchObject({ events: [], cursor: { epoch: 2, seq: 0 } });
    tail.push(events(0, 'a'));
    expect(tail.read(null, 9, true)).toMatchObject({ events: [{ seq: 1 }], cursor: { epoch: 2, seq: 1 } });
  });

  it('gives readers at the same place the same objects, until there is more', () => {
    const tail = new LocalTail(2, 0);
    tail.push(events(0, 'a', 'b'));
    const read = () => tail.read({ epoch: 2, seq: 1 }, 9, true);
    expect(read()).toBe(read());
    tail.push(events(2, 'c'));
    expect(read()).toMatchObject({ events: [{ from_seq: 2, seq: 3, delta: 'bc' }] });
    expect(tail.read({ epoch: 2, seq: 1 }, 9, false)).toMatchObject({ events: [{ seq: 2 }, { seq: 3 }] });
    expect(tail.read({ epoch: 2, seq: 1 }, 1, false)).toMatchObject({ events: [{ seq: 2 }] });
  });

  it('keeps to its size, and the newest events', () => {
    const tail = new LocalTail(2, 0);
    const word = 'x'.repeat(1000);
    const count = 1000;
    for (let seq = 0; seq < count; seq += 1) {
      tail.push(enveloped('run', { epoch: 2, seq }, [seq % 3 === 0 ? warning(word) : text(word)]));
      expect(tail.read({ epoch: 2, seq }, 9, true)).toMatchObject({ events: [{ seq: seq + 1 }] });
    }
    const held = [];
    for (let seq = 0; seq < count; seq += 1) if (tail.read({ epoch: 2, seq }, 1, false)) held.push(seq);
    expect(held.at(-1)).toBe(count - 1);
    const least = TAIL_SIZE / 2 / 1100;
    expect(held.length).toBeGreaterThan(least);
    expect(held.length).toBeLessThan(least * 4);
  });
});
