/** The promise's own end, or a rejection with the signal's reason as soon as it aborts. The work itself is not stopped. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    // Aborted comes first, so that it wins over work that ended at the same time; the race handles both rejections.
    return await Promise.race([aborted, promise]);
  } finally {
    if (abort) signal.removeEventListener('abort', abort);
  }
}
