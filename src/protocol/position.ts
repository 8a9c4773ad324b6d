/**
 * A place in a run's log: `<run_id>.<epoch>.<seq>`, the SSE `id:` of the event that stands there.
 *
 * Made of `[A-Za-z0-9._-]` only, under 128 bytes, so that a browser sends it back without a CORS preflight.
 */
export interface Position {
  run_id: string;
  epoch: number;
  seq: number;
}

const POSITION = /^([A-Za-z0-9_-]{1,64})\.([1-9]\d{0,14})\.(0|[1-9]\d{0,14})$/;

export function formatPosition({ run_id, epoch, seq }: Position): string {
  return `${run_id}.${epoch}.${seq}`;
}

/** Reads a position; anything else gives null, never an error, because cursors come from outside. */
export function parsePosition(text: string): Position | null {
  const match = POSITION.exec(text);
  if (!match) return null;
  return { run_id: match[1]!, epoch: Number(match[2]), seq: Number(match[3]) };
}
