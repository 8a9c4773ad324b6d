import { describeRunLog } from '../run-log.contract.js';
import { TestRedisRunLog } from './testing/redis-log.js';
import { missingRedis, RedisProcess } from './testing/redis-process.js';

const missing = missingRedis();
if (missing) process.stderr.write(`RedisRunLog is not tested: ${missing}\n`);

(missing ? describe.skip : describe)('with a Redis', () => {
  let server: RedisProcess;
  beforeAll(async () => {
    server = await RedisProcess.start();
  });
  afterAll(() => server.dispose());

  describeRunLog('RedisRunLog', () => TestRedisRunLog.connect(server.url), { propertyRuns: 25 });
});
