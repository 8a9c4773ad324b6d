import { parsePosition } from '../protocol/position.js';
import type { LogCursor } from './log/run-log.js';

/** A cursor that is no position of any run: its reader gets the run as it stands, and what follows. */
export const AS_IT_STANDS = 'as-it-stands';

/**
 * Reads the cursor of a request (`Last-Event-ID` or `?after=`): a whole position, or a bare number, which means that seq of the
 * current epoch. Null reads from the beginning. Anything else, also a position of another run, is `invalid`: its reader gets
 * a snapshot, never an error.
 */
export function readCursor(
  text: string | null,
  runId: string,
  head: LogCursor | null,
): LogCursor | null | 'invalid' {
  if (text === null || text === '') return null;
  if (/^\d{1,15}$/.test(text)) return { epoch: head?.epoch ?? 1, seq: Number(text) };
  const position = parsePosition(text);
  if (!position || position.run_id !== runId) return 'invalid';
  return { epoch: position.epoch, seq: position.seq };
}
