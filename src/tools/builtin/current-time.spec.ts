import { currentTime } from './current-time.js';

const now = new Date('2026-11-22T20:48:11.123Z');

describe('currentTime', () => {
  it.each([
    ['UTC', '2026-11-22T20:48:11+00:00', 'Sunday'],
    ['Asia/Shanghai', '2026-11-23T04:48:11+08:00', 'Monday'],
    ['America/New_York', '2026-11-22T15:48:11-05:00', 'Sunday'],
    ['Asia/Kathmandu', '2026-11-23T02:33:11+05:45', 'Monday'],
  ])('in %s', (zone, iso, weekday) => {
    expect(currentTime(now, zone)).toMatchObject({ iso, weekday });
    expect(new Date(iso).getTime()).toBe(Math.floor(now.getTime() / 1000) * 1000);
  });

  it('is midnight at 00, not 24', () => {
    expect(currentTime(new Date('2026-01-01T00:00:00Z'), 'UTC').iso).toBe('2026-01-01T00:00:00+00:00');
  });

  it('without a zone is in the zone of the server', () => {
    const time = currentTime(now);
    expect(time.time_zone).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone);
    expect(new Date(time.iso).getTime()).toBe(Math.floor(now.getTime() / 1000) * 1000);
  });

  it('names a zone that does not exist', () => {
    expect(() => currentTime(now, 'Mars/Olympus')).toThrow('There is no time zone "Mars/Olympus".');
  });
});
