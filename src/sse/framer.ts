import type { Frame } from './dialects/dialect.js';

/**
 * A comment line between frames, with one newline and no blank line: the only heartbeat that every client survives (a blank line
 * after it crashes the Python OpenAI SDK once a frame carried an id).
 */
export const HEARTBEAT = ': hb\n';

const ID = 'id: ';
const LONGEST_ID = 128;
const isSafeUnit = Uint8Array.from({ length: 128 }, (_, unit) =>
  Number(/[A-Za-z0-9._-]/.test(String.fromCharCode(unit))),
);

/**
 * Writes one frame: LF only, fields in the order id, retry, data, a single `data:` line, no `event:`.
 * Throws when the id could break the frame or the data is not one line (WHATWG HTML §9.2).
 */
export function writeFrame({ id, retry, data }: Frame): string {
  const fields = `${id === undefined ? '' : `${ID}${id}\n`}${retry === undefined ? '' : `retry: ${retry}\n`}data: `;
  // Checked in the whole, which is made of its parts only once then.
  const frame = `${fields}${data}\n\n`;
  const isOneLine = frame.indexOf('\n', fields.length) === frame.length - 2 && !frame.includes('\r');
  if (id !== undefined && !isSafeId(id, frame)) throw new Error(`not a safe SSE id: ${JSON.stringify(id)}`);
  if (!isOneLine) throw new Error('the data of a frame must be one line');
  return frame;
}

/**
 * A table, because a regular expression takes ten times as long, and each frame has an id. It is looked at in the frame, which is one
 * piece of text by now: the id may be a tree of its parts.
 */
function isSafeId({ length }: string, frame: string): boolean {
  if (length === 0 || length > LONGEST_ID) return false;
  for (let at = ID.length; at < ID.length + length; at += 1)
    if (isSafeUnit[frame.charCodeAt(at)] !== 1) return false;
  return true;
}
