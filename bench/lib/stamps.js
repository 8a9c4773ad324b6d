/** Chunks that say when they were sent: microseconds of the machine's monotonic clock, which all processes share. */
export const stampNow = () => Number(process.hrtime.bigint() / 1000n);

/** About as long as a token. */
export const stamp = () => `@${stampNow().toString(36)};`;

export const STAMP = /@([0-9a-z]+);/g;

/**
 * All streams open at once, as none do that people ask for: what is late because of that is not counted. Nor are the seconds in which V8
 * compiles anew what it had forgotten while the other systems had their turn: no server that is used rests that long.
 */
export const settleMs = (streams) => 4000 + 4 * streams;

/** Streams that are counted for `seconds` once all are open: what the upstream is asked for, and how many chunks that is. */
export function timed(streams, seconds, rate) {
  const chunks = Math.round((settleMs(streams) / 1000 + seconds) * rate);
  return { model: `timed-${chunks}-${rate}`, chunks };
}
