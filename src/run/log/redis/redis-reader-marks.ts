import type { ReaderMarks } from '../../reader-marks.js';
import { LuaScript } from './lua-script.js';
import type { RedisLink } from './redis-link.js';

/*
 * `readers` is a sorted set: the processes that read a run, by the time at which their marks end. The time is Redis's, so that clocks
 * need not agree.
 */

const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** ARGV: process, how long in milliseconds. */
const markScript = new LuaScript(`${now}
redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2]), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);

const countScript = new LuaScript(`${now}
return redis.call('ZCOUNT', KEYS[1], '(' .. string.format('%.0f', now), '+inf')
`);

/** The marks of all processes that use one Redis. */
export class RedisReaderMarks implements ReaderMarks {
  constructor(
    private readonly link: RedisLink,
    private readonly prefix: string,
    /** This process. */
    private readonly self: string,
    /** How long a mark holds that is not renewed. */
    private readonly markMs: number,
  ) {}

  async mark(runIds: readonly string[]): Promise<void> {
    await this.link.request((redis) =>
      Promise.all(runIds.map((id) => markScript.run(redis, [this.keyOf(id)], [this.self, this.markMs]))),
    );
  }

  async unmark(runId: string): Promise<void> {
    await this.link.request((redis) => redis.zrem(this.keyOf(runId), this.self));
  }

  async marked(runIds: readonly string[]): Promise<ReadonlySet<string>> {
    const counts = await this.link.request((redis) =>
      Promise.all(runIds.map((id) => countScript.run(redis, [this.keyOf(id)], []))),
    );
    return new Set(runIds.filter((_, index) => Number(counts[index]) > 0));
  }

  private keyOf(runId: string): string {
    return `${this.prefix}{${runId}}:readers`;
  }
}
