import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { join } from 'node:path';
import { AppModule } from './app.module.js';
import { Identification } from './auth/identification.js';
import { refuseQueryCredentials } from './auth/query-credentials.js';
import { refuseBodiesOfStrangers } from './auth/strangers.js';
import { readConfig } from './config/config.js';
import { cors } from './http/cors.js';
import { refuseForeignOrigins } from './http/cors-origins.js';
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
  app.use(securityHeaders(), checkTarget, refuseQueryCredentials);
  app.use(['/api', '/v1', '/health'], noStore);
  if (config.AUTH_MODE === 'none') app.use(localOnly);
  if (config.CORS_ORIGINS.length > 0) app.use(cors(config.CORS_ORIGINS, config.AUTH_MODE === 'gateway'));
  app.use(refuseForeignOrigins(config.CORS_ORIGINS));
  app.use(refuseBodiesOfStrangers(app.get(Identification)));
  app.use(['/v1', '/api/ai-sdk', '/api/ag-ui'], jsonBody(config.COMPAT_BODY_LIMIT));
  app.use(jsonBody(config.BODY_LIMIT));
  serveWebUi(app.getHttpAdapter().getInstance(), join(import.meta.dirname, '..', 'client'));
  return app;
}
