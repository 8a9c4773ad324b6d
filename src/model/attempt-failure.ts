import { MillraceError } from '../protocol/error-code.js';
import { isTransient } from './upstream-error.js';

/** Why one attempt at a model call failed: the error to report if it is the last, and whether another may help. */
export class AttemptFailure extends Error {
  /** How long the provider asks to wait before the next attempt. */
  readonly retryAfterMs: number | undefined;
  readonly canRetry: boolean;

  constructor(
    readonly error: MillraceError,
    options: { canRetry?: boolean; retryAfterMs?: number } = {},
  ) {
    super(error.message, { cause: error });
    this.name = 'AttemptFailure';
    this.canRetry = options.canRetry ?? isTransient(error);
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Anything that is not a failure of the provider is a fault of ours, and passes as it is. */
  static from(error: unknown): unknown {
    return error instanceof MillraceError ? new AttemptFailure(error) : error;
  }
}
