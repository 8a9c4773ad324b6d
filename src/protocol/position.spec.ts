import fc from 'fast-check';
import { formatPosition, parsePosition } from './position.js';

const position = fc.record({
  run_id: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
  epoch: fc.integer({ min: 1 }),
  seq: fc.nat(),
});

describe('position', () => {
  it('reads back what it writes', () => {
    fc.assert(fc.property(position, (one) => expect(parsePosition(formatPosition(one))).toEqual(one)));
  });

  it('is a safe SSE id', () => {
    fc.assert(fc.property(position, (one) => expect(formatPosition(one)).toMatch(/^[A-Za-z0-9._-]{1,128}$/)));
  });

  it.each([
    '',
    '1',
    'a.b',
    'a.0.1',
    'a.1.-1',
    'a.1.1e5',
    'a.1.1 ',
    ' a.1.1',
    'a.1.1.1',
    'a.01.1',
    `${'x'.repeat(65)}.1.1`,
    "a'; DROP TABLE runs.1.1",
    'á.1.1',
  ])('gives null for %j', (text) => expect(parsePosition(text)).toBeNull());
});
