import type { INestApplication } from '@nestjs/common';
import type { Server } from 'node:http';
import type { Config } from './config/config.js';

/** How long readers that are behind may take, once the last run has ended, to read what is left. */
const FLUSH_MS = 1000;

/** How long closing databases, tools and logs may take besides; then the process ends all the same, and recovery does the rest. */
const LIMIT_MS = 15_000;

/**
 * The first SIGTERM or SIGINT drains: no new runs, readers that can resume are moved on, runs end within SHUTDOWN_SECONDS, idle
 * connections are closed. What is still open when the runs have ended is cut after a second: a reader that takes nothing, or a
 * connection that never asked for anything, does not hold the process. A second signal exits at once.
 */
export function stopOnSignals(app: INestApplication, config: Config): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    const server = app.getHttpServer() as Server;
    server.closeIdleConnections();
    let listenedAt = performance.now();
    const sweep = setInterval(() => {
      server.closeIdleConnections();
      // Nest stops listening when the runs have ended.
      if (server.listening) listenedAt = performance.now();
      else if (performance.now() - listenedAt >= FLUSH_MS) server.closeAllConnections();
    }, 200);
    const mostMs = (config.DRAIN_DELAY_SECONDS + config.SHUTDOWN_SECONDS) * 1000 + LIMIT_MS;
    setTimeout(() => process.exit(1), mostMs).unref();
    app.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
    sweep.unref();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
