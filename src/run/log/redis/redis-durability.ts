import type { Redis } from 'ioredis';

export type Persistence =
  /** Append-only file, written to the disk before each answer. */
  | 'always'
  /** Append-only file, written to the disk once a second. */
  | 'every second'
  /** Append-only file, written to the disk when the system likes. */
  | 'at times'
  /** Append-only file; how it is written is not told. */
  | 'append-only file'
  /** A snapshot now and then. */
  | 'snapshots'
  | 'none';

export interface RedisDurability {
  persistence: Persistence;
  /** False when Redis may throw away a live log to make room. */
  keepsLiveLogs: boolean;
  /** What this Redis survives, in a line for the operator. */
  text: string;
}

const AOF = { always: 'always', everysec: 'every second', no: 'at times' } as const;

const SURVIVES: Record<Persistence, string> = {
  always: 'survives a crash of Redis and a power cut whole',
  'every second': 'survives a crash of Redis whole, and a power cut but for about its last second',
  'at times': 'survives a crash of Redis whole, and a power cut but for what the system had not written',
  'append-only file': 'survives a crash of Redis whole, and a power cut but for what was not yet written',
  snapshots: 'survives a crash of Redis up to its last snapshot only: set appendonly yes',
  none: 'is lost with Redis: set appendonly yes',
};

/**
 * Asks a Redis what it survives. A managed Redis that forbids CONFIG is judged by INFO. Throws an Error with a text for the operator
 * when it keeps nothing and `production` is true; rejects with what `ioredis` rejects with when it does not answer.
 */
export async function checkRedisDurability(redis: Redis, production: boolean): Promise<RedisDurability> {
  const persistence = persistenceOf(
    await settings(redis, ['appendfsync', 'save']),
    fieldsOf(await redis.info('persistence')),
  );
  const policy = fieldsOf(await redis.info('memory')).get('maxmemory_policy') ?? 'noeviction';
  const keepsLiveLogs = !policy.startsWith('allkeys-');
  const eviction = keepsLiveLogs
    ? ''
    : `; but with maxmemory-policy ${policy} it may evict a live run: set noeviction`;
  const text = `Redis: the live log ${SURVIVES[persistence]}${eviction}`;
  if (production && persistence === 'none') {
    throw new Error(
      `REDIS_URL: this Redis keeps nothing on its disk, so a restart of it would lose every live run. ` +
        `Turn its persistence on (appendonly yes), or unset NODE_ENV=production to try without.`,
    );
  }
  return { persistence, keepsLiveLogs, text };
}

function persistenceOf(config: ReadonlyMap<string, string>, info: ReadonlyMap<string, string>): Persistence {
  if (info.get('aof_enabled') === '1') {
    const sync = config.get('appendfsync');
    return sync !== undefined && sync in AOF ? AOF[sync as keyof typeof AOF] : 'append-only file';
  }
  const save = config.get('save');
  const hasSaved = Number(info.get('rdb_saves') ?? 0) > 0;
  const takesSnapshots = save === undefined ? hasSaved : save !== '';
  return takesSnapshots ? 'snapshots' : 'none';
}

/** The settings that this Redis is willing to tell. */
async function settings(redis: Redis, names: readonly string[]): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  for (const name of names) {
    try {
      const [, value] = await redis.config('GET', name);
      if (value !== undefined) known.set(name, value);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ReplyError') throw error;
    }
  }
  return known;
}

/** The `name:value` lines of INFO. */
function fieldsOf(info: string): Map<string, string> {
  const lines = info.split('\r\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}
