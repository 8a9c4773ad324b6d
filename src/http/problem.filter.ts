import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ulid } from 'ulid';
import { MillraceError } from '../protocol/error-code.js';
import { asMillraceError } from './as-millrace-error.js';

/**
 * Answers every error as an RFC 9457 problem with the seed's `detail`. Texts of unknown errors never leave the server: they are
 * logged under the trace id that the client gets.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger(ProblemFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const error = thrown instanceof MillraceError ? thrown : asMillraceError(thrown, request);
    const trace_id = ulid();
    if (error.status >= 500)
      this.#logger.error({ trace_id, code: error.code, err: error.cause ?? thrown }, 'A request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (typeof error.members['allow'] === 'string') response.setHeader('allow', error.members['allow']);
    response
      .status(error.status)
      .type('application/problem+json')
      .send(JSON.stringify(problem(error, request, trace_id)));
  }
}

function problem(error: MillraceError, request: Request, trace_id: string): object {
  return {
    type: `https://millrace.dev/errors/${error.code}`,
    title: error.code.replaceAll('_', ' '),
    status: error.status,
    detail: error.detail,
    instance: request.path,
    code: error.code,
    retryable: error.retryable,
    trace_id,
    ...error.members,
  };
}
