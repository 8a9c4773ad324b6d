import type { Server } from 'node:http';

/**
 * Time limits that fit gateways: a kept-alive connection outlives theirs (ALB 60 s, GCP 600 s), so that they never send on one we
 * have just closed; a request must arrive within 30 s; a response may take for ever.
 */
export function tuneServer(server: Server): void {
  server.keepAliveTimeout = 620_000;
  server.headersTimeout = 30_000;
  server.requestTimeout = 30_000;
  server.timeout = 0;
}
