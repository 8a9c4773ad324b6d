import { setTimeout as sleep } from 'node:timers/promises';
import { RedisLink } from './redis-link.js';
import { RedisReaderMarks } from './redis-reader-marks.js';
import { silent } from './testing/redis-log.js';
import { missingRedis, RedisProcess } from './testing/redis-process.js';

(missingRedis() ? describe.skip : describe)('RedisReaderMarks', () => {
  let server: RedisProcess;
  let link: RedisLink;
  const of = (process: string, markMs = 15_000) => new RedisReaderMarks(link, 'test:', process, markMs);
  beforeAll(async () => {
    server = await RedisProcess.start();
    link = new RedisLink({ url: server.url, logger: silent });
    await link.connect(10_000);
  });
  afterAll(async () => {
    link.close();
    await server.dispose();
  });

  test('[RUN-19] a run is read while any process says so', async () => {
    const [one, two] = [of('one'), of('two')];
    await one.mark(['a', 'b']);
    await two.mark(['b', 'c']);
    expect([...(await one.marked(['a', 'b', 'c', 'd']))]).toEqual(['a', 'b', 'c']);
    await one.unmark('a');
    await one.unmark('b');
    await one.unmark('d');
    expect([...(await two.marked(['a', 'b', 'c', 'd']))]).toEqual(['b', 'c']);
    await two.unmark('b');
    expect([...(await one.marked(['a', 'b']))]).toEqual([]);
    expect(await server.command('EXISTS', 'test:{b}:readers')).toBe(0);
  });

  test('[RUN-19] a mark ends when it is not renewed, and leaves nothing', async () => {
    const [short, long] = [of('short', 150), of('long')];
    await short.mark(['x', 'y']);
    await long.mark(['y']);
    while ((await long.marked(['x'])).size > 0) await sleep(10);
    expect([...(await long.marked(['x', 'y']))]).toEqual(['y']);
    while ((await server.command('EXISTS', 'test:{x}:readers')) !== 0) await sleep(10);
    await long.unmark('y');
    expect([...(await long.marked(['y']))]).toEqual([]);
  });
});
