import { isErrorCode, MillraceError } from '../protocol/error-code.js';

/** The failure of a run as the error of a request that waits for its answer. */
export function errorOfRun(
  runId: string,
  failure: { code: string; message: string; retry_after_ms?: number },
): MillraceError {
  const { code, message, retry_after_ms: retryAfterMs } = failure;
  return isErrorCode(code)
    ? new MillraceError(code, { detail: message, members: { run_id: runId }, retryAfterMs })
    : new MillraceError('internal');
}
