import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { MillraceError } from '../protocol/error-code.js';
import { asMillraceError } from './as-millrace-error.js';
import { isOpenAiPath, PROBLEM_TYPE, problemOf } from './problem.js';

/**
 * Answers every error as an RFC 9457 problem. Texts of unknown errors never leave the server: they are logged under the trace id
 * that the client gets.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger(ProblemFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const error = thrown instanceof MillraceError ? thrown : asMillraceError(thrown, request);
    const { trace_id, body } = problemOf(error, request.path);
    // What is left out on purpose is nobody's failure.
    if (error.status >= 500 && error.code !== 'not_implemented') {
      const err = thrown instanceof MillraceError ? thrown.cause : thrown;
      this.#logger.error({ trace_id, code: error.code, err }, 'A request failed');
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { allow } = error.members;
    if (typeof allow === 'string') response.setHeader('allow', allow);
    sayWhenToRetry(error, response);
    if (isOpenAiPath(request.path)) {
      response.setHeader('x-request-id', trace_id);
      // These clients try every 409, 429 and 5xx again, unless they are told not to.
      response.setHeader('x-should-retry', String(error.retryable));
    }
    response.setHeader('cache-control', 'no-store');
    response.status(error.status).setHeader('content-type', PROBLEM_TYPE);
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}

/** In whole seconds (RFC 9110 §10.2.3), and exactly, for clients that read that. */
function sayWhenToRetry({ retryAfterMs }: MillraceError, response: Response): void {
  if (retryAfterMs === undefined) return;
  response.setHeader('retry-after', String(Math.ceil(retryAfterMs / 1000)));
  response.setHeader('retry-after-ms', String(Math.ceil(retryAfterMs)));
}
