export interface CurrentTime {
  /** ISO 8601 with the zone's offset. */
  iso: string;
  time_zone: string;
  weekday: string;
}

/** A moment as the clocks of an IANA time zone show it. Throws an Error that names a time zone that does not exist. */
export function currentTime(now: Date, timeZone?: string): CurrentTime {
  const format = formatFor(timeZone);
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  // "GMT" alone stands for an offset of zero.
  const offset = /[+-]\d\d:\d\d/.exec(part('timeZoneName'))?.[0] ?? '+00:00';
  const date = `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
  return {
    iso: `${date}T${part('hour')}:${part('minute')}:${part('second')}${offset}`,
    time_zone: format.resolvedOptions().timeZone,
    weekday: part('weekday'),
  };
}

function formatFor(timeZone: string | undefined): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      weekday: 'long',
      timeZoneName: 'longOffset',
    });
  } catch {
    throw new Error(
      `There is no time zone ${JSON.stringify(timeZone)}. Use an IANA name, for example "Europe/Berlin".`,
    );
  }
}
