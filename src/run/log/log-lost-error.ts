import { MillraceError } from '../../protocol/error-code.js';

/**
 * Thrown to a writer when the log no longer holds what this writer has appended: its store was emptied, or it restarted without its
 * last second. Nothing that this writer appends can be stored any more. Unlike a fenced writer it is still the run's: it may go
 * on with `open(runId, after)`, where `after` is the last position that it knows of, and give the log its base with `trim`.
 */
export class LogLostError extends MillraceError {
  constructor(runId: string) {
    super('log_unavailable', { cause: new Error(`the store has lost events of run ${runId}`) });
    this.name = 'LogLostError';
  }
}
