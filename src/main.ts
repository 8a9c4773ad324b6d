import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from 'nestjs-pino';
import { CONFIG, type Config } from './config/config.js';
import { createApp } from './create-app.js';
import { stopOnSignals } from './shutdown.js';

let app: NestExpressApplication | undefined;
try {
  app = await createApp();
  const config = app.get<Config>(CONFIG);
  stopOnSignals(app, config);
  await app.listen(config.PORT, config.HOST);
  app.get(Logger).log(`Millrace is ready at ${await app.getUrl()}`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await app?.close().catch(() => {});
  process.exit(1);
}
