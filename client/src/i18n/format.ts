import { locale, t } from './locale.js';

/** `480 ms`, `3.2 s`, `12 s`, `2 min 5 s`, in the page's language. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return t('milliseconds', { count: Math.round(ms) });
  const seconds = ms / 1000;
  if (seconds < 10) return t('seconds', { count: formatNumber(Math.round(seconds * 10) / 10) });
  if (seconds < 60) return t('seconds', { count: Math.round(seconds) });
  const whole = Math.round(seconds);
  return t('minutes', { minutes: Math.floor(whole / 60), seconds: whole % 60 });
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(locale.value).format(value);
}

/** The clock time of today, else the day. */
export function formatWhen(time: number, now = Date.now()): string {
  if (Number.isNaN(time)) return '';
  const date = new Date(time);
  const sameDay = date.toDateString() === new Date(now).toDateString();
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  const options: Intl.DateTimeFormatOptions = sameDay
    ? { hour: 'numeric', minute: '2-digit' }
    : { month: 'short', day: 'numeric', ...(!sameYear && { year: 'numeric' }) };
  return new Intl.DateTimeFormat(locale.value, options).format(date);
}

export type Age = 'today' | 'yesterday' | 'previousWeek' | 'older';

/** How far back a time lies, in calendar days of this machine. */
export function ageOf(time: number, now = Date.now()): Age {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const DAY = 86_400_000;
  if (!(time < midnight)) return 'today';
  if (time >= midnight - DAY) return 'yesterday';
  return time >= midnight - 7 * DAY ? 'previousWeek' : 'older';
}
