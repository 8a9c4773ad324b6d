import type { Request } from 'express';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

/** A request as Node gives it to a handler, from these header lines; the peer is where its socket comes from. */
export function incomingRequest(
  headers: readonly (readonly [string, string])[] = [],
  peer = '127.0.0.1',
): Request {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer === '' ? undefined : peer });
  const request = new IncomingMessage(socket);
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    request.headers[key] ??= value;
    (request.headersDistinct[key] ??= []).push(value);
  }
  return request as Request;
}
