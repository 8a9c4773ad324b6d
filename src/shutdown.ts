import type { INestApplication } from '@nestjs/common';
import type { Server } from 'node:http';

/**
 * The first SIGTERM or SIGINT drains: no new runs, readers that can resume are moved on, runs end within SHUTDOWN_SECONDS, idle
 * connections are closed. A second signal exits at once.
 */
export function stopOnSignals(app: INestApplication): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    const server = app.getHttpServer() as Server;
    server.closeIdleConnections();
    const sweep = setInterval(() => server.closeIdleConnections(), 200);
    app.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
    sweep.unref();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
