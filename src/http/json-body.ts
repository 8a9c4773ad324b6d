import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { MillraceError } from '../protocol/error-code.js';
import { checkJsonShape, checkJsonSize } from './json-shape.js';

/**
 * Reads JSON bodies up to `limit` bytes into `request.body`; without a body that stays undefined. Other media types, other
 * charsets than UTF-8 and compressed bodies are refused (415), larger ones too (413), and so is what is not one JSON object in
 * valid UTF-8 without a byte order mark (400; RFC 8259 §8.1).
 */
export function jsonBody(limit: number): RequestHandler {
  const read = express.raw({ limit, inflate: false, type: () => true });
  return (request: Request, response: Response, next: NextFunction) => {
    if (!hasBody(request)) return next();
    requireJson(request);
    read(request, response, (fault?: unknown) => {
      if (fault !== undefined) return next(bodyError(fault));
      try {
        request.body = parse(request.body as Buffer);
      } catch (error) {
        return next(error);
      }
      next();
    });
  };
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function requireJson(request: Request): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (request.is('application/json') === false || (charset !== undefined && !/^utf-?8$/i.test(charset)))
    throw new MillraceError('unsupported_media_type');
}

/** @throws MillraceError `invalid_json` */
function parse(bytes: Buffer): unknown {
  checkJsonSize(bytes);
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

/** The body reader's errors say in `type` what was wrong (npm body-parser, "Errors"). */
function bodyError(fault: unknown): MillraceError {
  const { type } = fault as { type?: unknown };
  switch (type) {
    case 'entity.too.large':
      return new MillraceError('body_too_large');
    case 'encoding.unsupported':
      return new MillraceError('unsupported_media_type');
    default:
      return new MillraceError('malformed_request', { cause: fault });
  }
}
