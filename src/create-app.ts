import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from 'nestjs-pino';
import { join } from 'node:path';
import { AppModule } from './app.module.js';
import { CONFIG, type Config } from './config/config.js';
import { jsonBody } from './http/json-body.js';
import { localOnly } from './http/local-only.js';
import { securityHeaders } from './http/security-headers.js';
import { tuneServer } from './http/tune-server.js';
import { serveWebUi } from './http/web-ui.js';

/** Builds the application; it does not listen yet. */
export async function createApp(): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    bodyParser: false,
    bufferLogs: true,
  });
  const config = app.get<Config>(CONFIG);
  const express = app.getHttpAdapter().getInstance();
  app.useLogger(app.get(Logger));
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  app.set('query parser', 'simple');
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(securityHeaders());
  if (config.AUTH_MODE === 'none') app.use(localOnly);
  app.use(jsonBody(config.BODY_LIMIT));
  serveWebUi(express, join(import.meta.dirname, '..', 'client'));
  tuneServer(app.getHttpServer());
  return app;
}
