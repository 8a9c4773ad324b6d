import type { Frame } from './dialects/dialect.js';

/**
 * A comment line between frames, with one newline and no blank line: the only heartbeat that every client survives (a blank line
 * after it crashes the Python OpenAI SDK once a frame carried an id).
 */
export const HEARTBEAT = ': hb\n';

const LONGEST_ID = 128;
const isSafeUnit = Uint8Array.from({ length: 128 }, (_, unit) =>
  Number(/[A-Za-z0-9._-]/.test(String.fromCharCode(unit))),
);

/**
 * Writes one frame: LF only, fields in the order id, retry, data, a single `data:` line, no `event:`.
 * Throws when the id could break the frame or the data is not one line (WHATWG HTML §9.2).
 */
export function writeFrame({ id, retry, data }: Frame): string {
  if (id !== undefined && !isSafeId(id)) throw new Error(`not a safe SSE id: ${JSON.stringify(id)}`);
  const fields = `${id === undefined ? '' : `id: ${id}\n`}${retry === undefined ? '' : `retry: ${retry}\n`}data: `;
  // Checked in the whole, which is made of its parts only once then.
  const frame = `${fields}${data}\n\n`;
  const isOneLine = frame.indexOf('\n', fields.length) === frame.length - 2 && !frame.includes('\r');
  if (!isOneLine) throw new Error('the data of a frame must be one line');
  return frame;
}

/** A table, because a regular expression takes ten times as long, and each frame has an id. */
function isSafeId(id: string): boolean {
  if (id === '' || id.length > LONGEST_ID) return false;
  for (let at = 0; at < id.length; at += 1) if (isSafeUnit[id.charCodeAt(at)] !== 1) return false;
  return true;
}
