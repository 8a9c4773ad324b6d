import { newUlid } from './new-ulid.js';

test('new ids are ULIDs of now, each another, over more than one pool of random bytes', () => {
  const before = Date.now();
  const ids = Array.from({ length: 1000 }, () => newUlid());
  expect(new Set(ids).size).toBe(1000);
  for (const id of ids) expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  expect(new Set(ids.map((id) => id.slice(-1))).size).toBe(32);
  const time = [...ids[0]!.slice(0, 10)].reduce((sum, one) => sum * 32 + DIGITS.indexOf(one), 0);
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(Date.now());
});

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
