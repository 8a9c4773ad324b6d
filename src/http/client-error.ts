import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { MillraceError, type ErrorCode } from '../protocol/error-code.js';
import { problemOf, PROBLEM_TYPE } from './problem.js';

/** How long a client may take to read its refusal before the connection is cut. */
const LINGER_MS = 2000;

/**
 * Answers what Node cannot make a request of (broken HTTP, headers too large, a request that does not arrive in time) with a problem
 * document, and closes the connection, because where the next request would begin is not known (RFC 9112 §2.2, §11.2). A
 * response that has begun, or that answered before its request was complete, is not written into: the connection is cut.
 */
export function answerClientErrors(server: Server): void {
  const latest = new WeakMap<Socket, ServerResponse>();
  server.on('request', (request, response) => latest.set(request.socket, response));
  server.on('clientError', (fault: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    const response = latest.get(socket);
    const answered = response?.headersSent && !(response.writableFinished && response.req.complete);
    if (!socket.writable || answered || fault.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    socket.end(refusal(new MillraceError(codeOf(fault))));
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  });
}

function codeOf({ code }: NodeJS.ErrnoException): ErrorCode {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'request_timeout';
    case 'HPE_HEADER_OVERFLOW':
      return 'headers_too_large';
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return 'body_too_large';
    default:
      return 'malformed_request';
  }
}

function refusal(error: MillraceError): string {
  const { body } = problemOf(error);
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
