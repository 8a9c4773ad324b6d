import { migrate } from '../../src/database/migrate.js';
import { openSqlite } from '../../src/database/sqlite-database.js';
import { MemoryRunLog } from '../../src/run/log/memory-run-log.js';
import { TestRedisRunLog } from '../../src/run/log/redis/testing/redis-log.js';
import { missingRedis, RedisProcess } from '../../src/run/log/redis/testing/redis-process.js';
import { RunReaders } from '../../src/run/run-readers.js';
import { makeInstance } from '../support/instance.js';
import type { Stage } from './schedule/play.js';
import { doseOf, playMany } from './schedule/play-many.js';
import { recorded, type Truth } from './schedule/truth.js';
import type { RunLog } from '../../src/run/log/run-log.js';

const missing = missingRedis();
const withRedis = missing ? test.skip : test;
if (missing) process.stderr.write(`Cuts and resumes over Redis are not tested: ${missing}\n`);

/** What fails here is not that the machine is slow. */
const patient = { commandTimeoutMs: 30_000, patienceMs: 60_000 };

/** Instances on one database, each with its own way to the log. */
async function stageOf(...logs: RunLog[]): Promise<Stage> {
  const db = openSqlite('sqlite::memory:');
  await migrate(db);
  const truths = new Map<string, Truth>();
  const instances = await Promise.all(logs.map((log) => makeInstance({ db, log: recorded(log, truths) })));
  // A lost log comes back when the schedule says so, and not while a reader waits for it.
  for (const instance of instances) instance.get(RunReaders).lostLogMs = 0;
  return { db, instances, truths };
}

describe('[P1] [P2] readers that are cut anywhere and resume, while the log is trimmed, lost and taken over', () => {
  test('see exactly the run, with the log in memory', async () => {
    const dose = doseOf(1);
    console.log(`${dose.count} schedules in memory, seed ${dose.seed}`);
    const stage = await stageOf(new MemoryRunLog({ retentionSeconds: 3600 }));
    await playMany(stage, dose);
  }, 600_000);

  withRedis(
    'see exactly the run, on two instances with a Redis between them',
    async () => {
      const dose = doseOf(40);
      console.log(`${dose.count} schedules over Redis, seed ${dose.seed}`);
      const redis = await RedisProcess.start();
      const log = await TestRedisRunLog.connect(redis.url, patient);
      try {
        await playMany(await stageOf(log, await log.peer()), dose);
      } finally {
        log.dispose();
        await redis.dispose();
      }
    },
    600_000,
  );
});
