/**
 * Why a server could not be used, in words that are safe to show: errors of transports name addresses, headers, commands and
 * whatever the server said, so their own texts never leave here.
 */
export class McpFailure extends Error {
  constructor(
    message: string,
    /** True when the server or the way to it failed, and not the request: the circuit breaker counts these. */
    readonly ofServer: boolean,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'McpFailure';
  }
}

/** What to show of an error that a server of ours threw. */
export function failureText(error: unknown): string {
  return error instanceof McpFailure ? error.message : 'The connection failed.';
}
