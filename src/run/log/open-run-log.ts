import { Logger } from '@nestjs/common';
import { isShared, type Config } from '../../config/config.js';
import type { ReadinessService } from '../../health/readiness.service.js';
import type { Stores } from '../../health/stores.js';
import { MemoryRunLog } from './memory-run-log.js';
import type { RunLog } from './run-log.js';

const IN_MEMORY =
  'In memory: live logs are lost with the process; its runs end as interrupted, with the text that the database has';

/** The run log that the settings ask for, said aloud with what it survives; this instance is ready while it answers. */
export async function openRunLog(
  config: Config,
  readiness: ReadinessService,
  stores: Stores,
): Promise<RunLog> {
  const retentionSeconds = config.LOG_RETENTION_SECONDS;
  const logger = new Logger('RunLog');
  if (config.REDIS_URL !== undefined) {
    // Loaded only where it is used: the client takes 20 MB.
    const { openRedisRunLog } = await import('./redis/open-redis-run-log.js');
    const log = await openRedisRunLog({
      url: config.REDIS_URL,
      retentionSeconds,
      markMs: config.LEASE_SECONDS * 1000,
      production: process.env['NODE_ENV'] === 'production',
      logger,
    });
    readiness.add({ name: 'redis', check: () => log.redis.ping() });
    stores.tell('log', log.describe());
    return log;
  }
  if (isShared(config)) {
    logger.warn(
      'DATABASE_URL is shared but REDIS_URL is not set: run one instance only, since live logs are in its memory',
    );
  }
  logger.log({}, IN_MEMORY);
  stores.tell('log', IN_MEMORY);
  return new MemoryRunLog({ retentionSeconds });
}
