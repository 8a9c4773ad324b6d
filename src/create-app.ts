import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { join } from 'node:path';
import { AppModule } from './app.module.js';
import { readConfig } from './config/config.js';
import { HttpAdapter } from './http/http-adapter.js';
import { jsonBody } from './http/json-body.js';
import { localOnly } from './http/local-only.js';
import { checkTarget } from './http/request-target.js';
import { noStore, securityHeaders } from './http/security-headers.js';
import { serveWebUi } from './http/web-ui.js';
import { AppLogger } from './observability/app-logger.js';

/** Builds the application; it does not listen yet. Throws an Error that names each setting that is wrong. */
export async function createApp(): Promise<NestExpressApplication> {
  const config = readConfig(process.env);
  const adapter = new HttpAdapter(config.REQUEST_SECONDS);
  const app = await NestFactory.create<NestExpressApplication>(AppModule, adapter, {
    bodyParser: false,
    bufferLogs: true,
  });
  app.useLogger(app.get(AppLogger));
  app.use(securityHeaders(), checkTarget);
  app.use(['/api', '/health'], noStore);
  if (config.AUTH_MODE === 'none') app.use(localOnly);
  app.use(jsonBody(config.BODY_LIMIT));
  serveWebUi(app.getHttpAdapter().getInstance(), join(import.meta.dirname, '..', 'client'));
  return app;
}
