import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { MillraceError } from '../protocol/error-code.js';
import { checkJsonShape, checkJsonSize, maxValuesOf } from './json-shape.js';

/**
 * Reads JSON bodies up to `limit` bytes into `request.body`; without a body that stays undefined. Other media types, other
 * charsets than UTF-8 and compressed bodies are refused (415), larger ones too (413), and so is what is not one JSON object in
 * valid UTF-8 without a byte order mark (400; RFC 8259 §8.1).
 */
export function jsonBody(limit: number): RequestHandler {
  return async (request: Request, _response: Response, next: NextFunction) => {
    // Some paths have a limit of their own, which was applied before.
    if (request.body === undefined && hasBody(request)) {
      requireJson(request);
      request.body = parse(await readBody(request, limit), maxValuesOf(limit));
    }
    next();
  };
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function requireJson(request: Request): void {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(type)?.[1] ?? 'utf-8';
  const isPlainJson = request.is('application/json') !== false && /^utf-?8$/i.test(charset);
  if (!isPlainJson || encoding !== 'identity') throw new MillraceError('unsupported_media_type');
}

/**
 * Refuses a body that is too large as soon as that is known, and does not wait for the rest: Node discards it, so that a client
 * which reads only after it has written gets the answer, and cuts it off when the time for a request is over.
 */
function readBody(request: Request, limit: number): Promise<Buffer> {
  const tooLarge = () => new MillraceError('body_too_large');
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) {
        chunks.push(chunk);
        return;
      }
      settle(() => reject(tooLarge()));
      request.resume();
    };
    const onEnd = () => settle(() => resolve(Buffer.concat(chunks)));
    const onError = (cause: unknown) =>
      settle(() => reject(new MillraceError('malformed_request', { cause })));
    const onClose = () => settle(() => reject(new MillraceError('malformed_request')));
    // The request lives as long as its answer, and would keep what its listeners know.
    const settle = (how: () => void) => {
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
      how();
    };
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}

/** @throws MillraceError `invalid_json` */
function parse(bytes: Buffer, maxValues: number): unknown {
  checkJsonSize(bytes, maxValues);
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    // The parser's own text quotes the body.
    throw new MillraceError('invalid_json');
  }
  checkJsonShape(body);
  return body;
}
