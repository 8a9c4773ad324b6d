import type { RunEvent } from '../../../protocol/run-event.js';
import { RecentFrames } from './recent-frames.js';

const event = (seq: number) => ({ type: 'text.delta', seq }) as unknown as RunEvent;

describe('RecentFrames', () => {
  test('finds the frame of the same object, not of an equal one', () => {
    const frames = new RecentFrames();
    const one = event(1);
    frames.keep(one, { data: 'one' });
    expect(frames.find(one)).toEqual({ data: 'one' });
    expect(frames.find(event(1))).toBeUndefined();
  });

  test('keeps the last eight', () => {
    const frames = new RecentFrames();
    const events = Array.from({ length: 20 }, (_, seq) => event(seq));
    for (const one of events) frames.keep(one, { data: `${one.seq}` });
    expect(events.flatMap((one) => frames.find(one)?.data ?? [])).toEqual(
      events.slice(-8).map(({ seq }) => `${seq}`),
    );
  });
});
