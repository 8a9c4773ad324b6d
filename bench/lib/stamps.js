/** When this process began, by the machine's monotonic clock, which all processes share. */
const origin = Number(process.hrtime.bigint() / 1000n) - performance.now() * 1000;

/** Chunks that say when they were sent: microseconds of that clock. */
export const stampNow = () => Math.round(origin + performance.now() * 1000);

/** About as long as a token. */
export const stamp = () => `@${stampNow().toString(36)};`;

/**
 * Calls `onStamp` with the time of each stamp that is whole in `text`; returns what comes after the last of them that may begin another.
 * A regular expression takes more of the machine than the servers that are measured have for it.
 */
export function readStamps(text, onStamp) {
  let from = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', from)) {
    const end = text.indexOf(';', at);
    if (end === -1) return text.slice(at);
    onStamp(parseInt(text.slice(at + 1, end), 36));
    from = end + 1;
  }
  return '';
}

/**
 * All streams open at once and end at once, as none do that people ask for: what is late because of that is not counted. Nor are the
 * seconds in which V8 compiles anew what it had forgotten while the other systems had their turn: no server that is used rests that long.
 */
const settleMs = (streams) => 4000 + 4 * streams;
/** How long before the first stream can end nothing is counted any more. */
const END_MS = 300;

/**
 * Streams that are counted for nearly `seconds` once all are open: what the upstream is asked for, how many chunks that is, and when
 * counting begins and ends, in ms after the streams were asked for.
 */
export function timed(streams, seconds, rate) {
  const fromMs = settleMs(streams);
  const chunks = Math.round((fromMs / 1000 + seconds) * rate);
  return { model: `timed-${chunks}-${rate}`, chunks, fromMs, untilMs: fromMs + seconds * 1000 - END_MS };
}
