import type { DestinationStream } from 'pino';

const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: '',
  40: 'warning',
  50: 'error',
  60: 'fatal',
};

/** For a person at a terminal: each record as the time, what happened and, where there are more facts, these as JSON. */
export function terminalLines(write: (text: string) => void): DestinationStream {
  return { write: (record) => write(terminalLine(record)) };
}

/** A record that is not JSON is written as it is. */
export function terminalLine(record: string): string {
  try {
    const {
      level,
      time,
      context,
      msg,
      pid: _pid,
      hostname: _host,
      ...facts
    } = JSON.parse(record) as Record<string, unknown>;
    const at = new Date(Number(time)).toTimeString().slice(0, 8);
    const words = [LEVELS[Number(level)], context, msg].filter(
      (part) => typeof part === 'string' && part !== '',
    );
    const more = Object.keys(facts).length > 0 ? ` ${JSON.stringify(facts)}` : '';
    return `${at} ${words.join(': ')}${more}\n`;
  } catch {
    return record;
  }
}
