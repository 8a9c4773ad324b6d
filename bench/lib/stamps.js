/** Chunks that say when they were sent: microseconds of the machine's monotonic clock, which all processes share. */
export const stampNow = () => Number(process.hrtime.bigint() / 1000n);

/** About as long as a token. */
export const stamp = () => `@${stampNow().toString(36)};`;

export const STAMP = /@([0-9a-z]+);/g;
