import { eventSize } from './event-size.js';

describe('eventSize', () => {
  it('is near the length of the JSON', () => {
    const value = { type: 'x', text: 'y'.repeat(500), list: [1, 22, null, { deep: true }], none: {} };
    const length = JSON.stringify(value).length;
    expect(eventSize(value)).toBeGreaterThan(length * 0.8);
    expect(eventSize(value)).toBeLessThan(length * 1.2);
  });

  it('takes what is nested deeper than calls can be', () => {
    let value: unknown = 'core';
    for (let depth = 0; depth < 200_000; depth += 1) value = [value];
    expect(eventSize(value)).toBeGreaterThan(200_000);
  });
});
