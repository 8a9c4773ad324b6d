import type { RequestHandler } from 'express';
import type { Identification } from './identification.js';

/**
 * Turns strangers who send a body away before it is read: reading and parsing is work, and no public route takes one. It spares
 * work and protects nothing; that is the guard's part, for every route.
 */
export function refuseBodiesOfStrangers(identification: Identification): RequestHandler {
  return (request, response, next) => {
    const { 'transfer-encoding': coding, 'content-length': length } = request.headers;
    if (coding === undefined && (length === undefined || length === '0')) return next();
    identification.owner(request, response).then(() => next(), next);
  };
}
