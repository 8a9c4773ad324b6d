import type { NestExpressApplication } from '@nestjs/platform-express';
import { METHODS } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../src/create-app.js';

export interface Route {
  /** In capitals. */
  method: string;
  /** As the router has it, with `:name` and `*name` for parameters. */
  path: string;
}

export interface InProcessApp {
  url: string;
  app: NestExpressApplication;
  /** Every route that the router knows, sorted. */
  routes: Route[];
  close(): Promise<void>;
}

/** Starts the application in this process, with these settings and no others, for tests that must see its inside. */
export async function startInProcess(env: Record<string, string>): Promise<InProcessApp> {
  const previous = process.env;
  process.env = {
    PATH: previous['PATH'],
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'sqlite::memory:',
    SHUTDOWN_SECONDS: '1',
    ...env,
  };
  try {
    const app = await createApp();
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
    return { url: `http://127.0.0.1:${port}`, app, routes: routesOf(app), close: () => app.close() };
  } finally {
    process.env = previous;
  }
}

/** A route of all methods is middleware. */
function routesOf(app: NestExpressApplication): Route[] {
  const { stack } = app.getHttpAdapter().getInstance().router as {
    stack: { route?: { path: string; methods: Record<string, boolean> } }[];
  };
  return stack
    .flatMap(({ route }) => {
      const methods = Object.keys(route?.methods ?? {}).filter((method) => method !== '_all');
      if (!route || methods.length === 0 || methods.length >= METHODS.length - 1) return [];
      return methods.map((method) => ({ method: method.toUpperCase(), path: route.path }));
    })
    .sort((a, b) => `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`));
}
