import { Logger } from '@nestjs/common';
import { isShared, type Config } from '../../config/config.js';
import { MemoryRunLog } from './memory-run-log.js';
import type { RunLog } from './run-log.js';

/**
 * The run log that the settings ask for, said aloud with what it survives. Throws when several instances could run without a log
 * that they share.
 */
export async function openRunLog(config: Config): Promise<RunLog> {
  const retentionSeconds = config.LOG_RETENTION_SECONDS;
  const logger = new Logger('RunLog');
  if (config.REDIS_URL !== undefined) {
    // Loaded only where it is used: the client takes 20 MB.
    const { openRedisRunLog } = await import('./redis/open-redis-run-log.js');
    return openRedisRunLog({
      url: config.REDIS_URL,
      retentionSeconds,
      production: process.env['NODE_ENV'] === 'production',
      logger,
    });
  }
  if (isShared(config)) {
    logger.warn(
      'DATABASE_URL is shared but REDIS_URL is not set: run one instance only, since live logs are in its memory',
    );
  }
  return new MemoryRunLog({ retentionSeconds });
}
