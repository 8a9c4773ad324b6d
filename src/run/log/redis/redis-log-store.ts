import type { EpochStart, LogExtent } from '../judge-cursor.js';
import type { LogCursor, LogHead } from '../run-log.js';
import type { LogEntry } from './entry-encoder.js';
import type { LuaScript } from './lua-script.js';
import * as scripts from './log-scripts.js';
import type { RedisLink } from './redis-link.js';
import type { Row } from './row-collector.js';

/** What Redis said to a writer: done, the last seq where it is not the one expected, or why it may not write. */
export type WriteAnswer = 'ok' | 'fenced' | 'dropped' | 'lost' | 'closed' | number;

export interface StoredPage extends LogExtent {
  closed: boolean;
  rows: Row[];
}

/** A log as others see it, to notice that it has changed. */
export interface LogMark {
  writer: string;
  firstSeq: number;
  lastSeq: number;
  closed: boolean;
}

export interface Appending {
  writer: string;
  /** The log's last seq before and after. */
  before: number;
  after: number;
  entries: readonly LogEntry[];
}

/** The most that one page brings; Redis serves nobody else while it reads one. */
const PAGE_BYTES = 256 * 1024;

/**
 * The commands on one run's keys in Redis (see log-scripts.ts). All keys of a run have its hash tag, so they lie in one slot of a
 * cluster. Every method rejects as `RedisLink.request` does.
 */
export class RedisLogStore {
  constructor(
    private readonly link: RedisLink,
    private readonly prefix: string,
    /** The channel of this process. */
    private readonly owner: string,
  ) {}

  /** The channel that tells of each append to a run. */
  channelOf(runId: string): string {
    return `${this.prefix}{${runId}}:advanced`;
  }

  runOf(channel: string): string {
    return channel.slice(this.prefix.length + 1, channel.lastIndexOf('}'));
  }

  /** Opens the epoch after `after` and gives the seq after which it begins; null when the log is in a later one. Safe to repeat. */
  async open(runId: string, writer: string, after: LogCursor): Promise<number | null> {
    const args = [writer, this.owner, after.epoch, after.seq, runId];
    const seq = await this.run(scripts.openScript, runId, args);
    return seq === null ? null : Number(seq);
  }

  async append(runId: string, { writer, before, after, entries }: Appending): Promise<WriteAnswer> {
    const args: (string | number)[] = [writer, before, after, this.channelOf(runId), runId];
    for (const { seq, place, body } of entries) args.push(seq, place, body);
    return (await this.run(scripts.appendScript, runId, args)) as WriteAnswer;
  }

  async close(runId: string, writer: string, retentionMs: number): Promise<WriteAnswer> {
    const args = [writer, retentionMs, this.channelOf(runId), runId];
    return (await this.run(scripts.closeScript, runId, args)) as WriteAnswer;
  }

  async drop(runId: string): Promise<void> {
    await this.run(scripts.dropScript, runId, [this.owner, this.channelOf(runId), runId]);
  }

  /** Up to `rows` entries after `after`, and what to judge it by; null when there is no log. */
  async read(runId: string, after: number, rows: number): Promise<StoredPage | null> {
    const answer = await this.run(scripts.readScript, runId, [after, rows, PAGE_BYTES]);
    if (!answer) return null;
    const [epochs, first, last, closed, page] = answer as [string, string, string, string, string];
    const extent = extentOf(epochs, first, last);
    return { ...extent, closed: closed === '1', rows: page === '' ? [] : (JSON.parse(`[${page}]`) as Row[]) };
  }

  /** What the log holds, with the text to give to `trim`; null when there is none. */
  async extent(runId: string): Promise<{ extent: LogExtent; judgedBy: string } | null> {
    const [epochs, first, last] = await this.meta(runId, 'epochs', 'first', 'last');
    if (!epochs) return null;
    return { extent: extentOf(epochs, first!, last!), judgedBy: epochs };
  }

  /** False when another writer has opened the log since it was judged. */
  async trim(runId: string, judgedBy: string, through: number, snapshot: string): Promise<boolean> {
    const args = [judgedBy, through, snapshot, this.owner, runId];
    return (await this.run(scripts.trimScript, runId, args)) === 1;
  }

  async head(runId: string): Promise<LogHead | null> {
    const [epoch, last, first, closed, size] = await this.meta(
      runId,
      'epoch',
      'last',
      'first',
      'closed',
      'size',
    );
    if (!epoch) return null;
    return {
      epoch: Number(epoch),
      seq: Number(last),
      firstSeq: Number(first),
      closed: closed === '1',
      size: Number(size),
    };
  }

  base(runId: string): Promise<string | null> {
    return this.link.request((redis) => redis.get(this.keysOf(runId)[2]));
  }

  /** The marks of many logs, in their order; null where there is none. */
  async marks(runIds: readonly string[]): Promise<(LogMark | null)[]> {
    const fields = ['writer', 'first', 'last', 'closed'];
    const commands = runIds.map((runId) => ['hmget', this.keysOf(runId)[0], ...fields]);
    const answers = await this.link.request(async (redis) => {
      const results = (await redis.pipeline(commands).exec()) ?? [];
      return results.map(([error, values]) => {
        if (error) throw error;
        return values as (string | null)[];
      });
    });
    return answers.map(([writer, first, last, closed]) =>
      writer ? { writer, firstSeq: Number(first), lastSeq: Number(last), closed: closed === '1' } : null,
    );
  }

  private meta(runId: string, ...fields: string[]): Promise<(string | null)[]> {
    return this.link.request((redis) => redis.hmget(this.keysOf(runId)[0], ...fields));
  }

  private run(script: LuaScript, runId: string, args: (string | number)[]): Promise<unknown> {
    return this.link.request((redis) => script.run(redis, this.keysOf(runId), args));
  }

  private keysOf(runId: string): [meta: string, entries: string, base: string] {
    const run = `${this.prefix}{${runId}}`;
    return [`${run}:meta`, `${run}:entries`, `${run}:base`];
  }
}

function extentOf(epochs: string, first: string, last: string): LogExtent {
  return { epochs: epochs.split(' ').map(epochStart), firstSeq: Number(first), lastSeq: Number(last) };
}

function epochStart(text: string): EpochStart {
  const [epoch, firstSeq] = text.split(':');
  return { epoch: Number(epoch), firstSeq: Number(firstSeq) };
}
