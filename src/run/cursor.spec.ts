import fc from 'fast-check';
import { formatPosition } from '../protocol/position.js';
import { readCursor } from './cursor.js';
import { anyCharacter } from '../protocol/text.arbitrary.js';

const RUN = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const head = { epoch: 3, seq: 20 };

describe('readCursor', () => {
  test('[RUN-03] reads a position, a bare seq of the current epoch, and nothing', () => {
    expect(readCursor(`${RUN}.2.7`, RUN, head)).toEqual({ epoch: 2, seq: 7 });
    expect(readCursor('7', RUN, head)).toEqual({ epoch: 3, seq: 7 });
    expect(readCursor('7', RUN, null)).toEqual({ epoch: 1, seq: 7 });
    expect(readCursor(null, RUN, head)).toBeNull();
    expect(readCursor('', RUN, head)).toBeNull();
  });

  test('[RUN-06] anything else is invalid, also the position of another run', () => {
    for (const text of [
      'x',
      '-1',
      '1.5',
      ' 7',
      '7 ',
      `${RUN}.0.1`,
      `${RUN}.1`,
      `${RUN}.1.2, ${RUN}.1.3`,
      'other.1.2',
      '9'.repeat(16),
    ])
      expect(readCursor(text, RUN, head)).toBe('invalid');
  });

  test('[RUN-06] never throws, and takes nothing but positions of this run', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
        const cursor = readCursor(text, RUN, head);
        if (cursor === null || cursor === 'invalid') return;
        expect(/^\d+$/.test(text) ? Number(text) : text).toEqual(
          /^\d+$/.test(text) ? cursor.seq : formatPosition({ run_id: RUN, ...cursor }),
        );
      }),
    );
  });
});
