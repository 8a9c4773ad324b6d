import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { MillraceError } from '../protocol/error-code.js';
import { checkJsonShape } from './json-shape.js';

/** Reads JSON bodies up to `limit` bytes. Other media types and compressed bodies are refused (415), larger ones too (413). */
export function jsonBody(limit: number): RequestHandler {
  const parse = express.json({ limit, inflate: false, strict: true, type: 'application/json' });
  return (request: Request, response: Response, next: NextFunction) => {
    requireJson(request);
    parse(request, response, (fault?: unknown) => {
      if (fault !== undefined) return next(bodyError(fault));
      if (request.body !== undefined) checkJsonShape(request.body);
      next();
    });
  };
}

function requireJson(request: Request): void {
  const { headers } = request;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (hasBody && request.is('application/json') === false) throw new MillraceError('unsupported_media_type');
}

/** The body parser's errors say in `type` what was wrong (npm body-parser, "Errors"). */
function bodyError(fault: unknown): MillraceError {
  const { type } = fault as { type?: unknown };
  switch (type) {
    case 'entity.too.large':
      return new MillraceError('body_too_large');
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new MillraceError('unsupported_media_type');
    default:
      return new MillraceError('invalid_json');
  }
}
