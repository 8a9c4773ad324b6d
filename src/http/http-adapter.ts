import type { NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import { createServer } from 'node:http';
import { answerClientErrors } from './client-error.js';

/** The most bytes of a request line and its headers. The request line alone has a smaller limit (request-target.ts). */
const MAX_HEADER_BYTES = 32 * 1024;
/** How often Node looks for requests that are too slow; so late, at most, they are refused. */
const LONGEST_CHECK_MS = 5000;

/**
 * Express on a server whose limits fit gateways: a kept-alive connection outlives theirs (ALB 60 s, GCP 600 s), so that they never
 * send on one we have just closed; a request must arrive within `requestSeconds`; a response may take for ever.
 */
export class HttpAdapter extends ExpressAdapter {
  constructor(private readonly requestSeconds: number) {
    super(strictExpress());
  }

  override initHttpServer(_options: NestApplicationOptions): void {
    const requestMs = this.requestSeconds * 1000;
    const server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        keepAliveTimeout: 620_000,
        headersTimeout: requestMs,
        requestTimeout: requestMs,
        connectionsCheckingInterval: Math.min(LONGEST_CHECK_MS, Math.ceil(requestMs / 5)),
        // A missing Host is refused by our own middleware, as a problem document.
        requireHostHeader: false,
      },
      this.getInstance<express.Express>(),
    );
    server.timeout = 0;
    answerClientErrors(server);
    this.httpServer = server;
  }
}

/** Set before anything is mounted, because the router takes its settings when it is made. */
function strictExpress(): express.Express {
  return express()
    .set('case sensitive routing', true)
    .set('strict routing', true)
    .set('query parser', 'simple')
    .disable('x-powered-by')
    .disable('etag');
}
