import type { Request, RequestHandler } from 'express';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'Last-Event-ID',
  'X-Api-Key',
  'X-Stream-Resume',
].join(', ');
/** The openai package says with each request where it runs, and how often it has tried. */
const OPENAI_HEADERS = /^(?:x-stainless-[a-z-]+|openai-(?:organization|project|beta))$/;
const RESPONSE_HEADERS = [
  'X-Run-Id',
  'X-Conversation-Id',
  'Retry-After',
  'Retry-After-Ms',
  'X-Should-Retry',
  'X-Request-Id',
].join(', ');
/** Two hours: the longest that Chromium keeps a preflight. */
const PREFLIGHT_SECONDS = '7200';

/**
 * Lets pages of exactly these origins read answers (Fetch §3.2). Any other origin gets an answer without CORS headers, which its
 * browser keeps from it. `credentials` also lets their browsers send cookies, for a gateway that knows its users by one.
 */
export function cors(origins: readonly string[], credentials: boolean): RequestHandler {
  const allowed = new Set(origins);
  return (request, response, next) => {
    const { origin } = request.headers;
    const preflight =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    response.vary('Origin');
    if (origin !== undefined && allowed.has(origin)) {
      response.setHeader('access-control-allow-origin', origin);
      if (credentials) response.setHeader('access-control-allow-credentials', 'true');
      response.setHeader('access-control-expose-headers', RESPONSE_HEADERS);
      if (preflight) {
        response.setHeader('access-control-allow-methods', METHODS);
        response.setHeader('access-control-allow-headers', allowedHeaders(request));
        response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
      }
    }
    if (preflight) response.status(204).end();
    else next();
  };
}

function allowedHeaders(request: Request): string {
  const asked = (request.get('access-control-request-headers') ?? '').split(',').map((name) => name.trim());
  return [REQUEST_HEADERS, ...asked.filter((name) => OPENAI_HEADERS.test(name))].join(', ');
}
