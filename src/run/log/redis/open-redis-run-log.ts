import { checkRedisDurability } from './redis-durability.js';
import { RedisRunLog, type RedisRunLogOptions } from './redis-run-log.js';

export interface OpenRedisRunLogOptions extends RedisRunLogOptions {
  /** Refuse a Redis that keeps nothing on its disk. */
  production: boolean;
  /** How long to wait for Redis. Default 10,000. */
  connectWithinMs?: number;
}

/**
 * Connects to Redis, asks what it survives and gives the run log on it; `describe()` tells the answer. Throws an Error with a text for the
 * operator when Redis cannot be reached or may not be used; nothing is left open then.
 */
export async function openRedisRunLog(options: OpenRedisRunLogOptions): Promise<RedisRunLog> {
  const log = new RedisRunLog(options);
  try {
    await log.connect(options.connectWithinMs).catch((error: unknown) => {
      throw new Error(`REDIS_URL: Redis at ${serverOf(options.url)} cannot be reached`, { cause: error });
    });
    log.durability = await checkRedisDurability(log.redis, options.production);
    const isSafe = log.durability.keepsLiveLogs && log.durability.persistence !== 'none';
    options.logger[isSafe ? 'log' : 'warn']({}, log.describe());
    return log;
  } catch (error) {
    log.dispose();
    throw error;
  }
}

/** Without the user and the password. */
function serverOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'that address';
}
