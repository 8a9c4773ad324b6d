import type { LinkLogger, RedisLink } from './redis-link.js';

const CHANNELS_AT_ONCE = 1000;

export interface NewsOptions {
  /** A connection of its own: nothing else is sent on it. */
  link: RedisLink;
  logger: LinkLogger;
  /** The channel of this process: another one has changed a log that is written here. */
  owner: string;
  channelOf: (runId: string) => string;
  runOf: (channel: string) => string;
  /** Called when there may be more to read of a run. */
  advanced: (runId: string) => void;
  /** Called when another process has opened, trimmed or dropped a log that is written here. */
  disturbed: (runId: string) => void;
  /** Called when messages may have been missed. */
  missed: () => void;
}

/**
 * What other processes tell of runs, by Redis's publish and subscribe: a message says that a log has advanced and nothing more, since
 * a subscriber may miss messages whenever it likes. One connection for all runs.
 */
export class RunNews {
  private readonly wanted = new Set<string>();

  constructor(private readonly options: NewsOptions) {
    const { redis } = options.link;
    redis.on('message', (channel, message) => this.receive(channel, message));
    redis.on('ready', () => void this.subscribeAll());
  }

  /** Asks for an answer, so that a dead connection is noticed: nothing else is sent on it for long. */
  check(): void {
    const { link } = this.options;
    if (link.isReady) link.redis.ping().catch(ignore);
  }

  /** Begins to hear of a run. What happened before the subscription stands is told by one call of `advanced`. */
  want(runId: string): void {
    if (this.wanted.has(runId)) return;
    this.wanted.add(runId);
    void this.subscribe(runId);
  }

  unwant(runId: string): void {
    if (!this.wanted.delete(runId) || !this.options.link.isReady) return;
    this.options.link.redis.unsubscribe(this.options.channelOf(runId)).catch(ignore);
  }

  close(): void {
    this.wanted.clear();
    this.options.link.close();
  }

  private receive(channel: string, message: string): void {
    if (channel === this.options.owner) this.options.disturbed(message);
    else this.options.advanced(this.options.runOf(channel));
  }

  private async subscribe(runId: string): Promise<void> {
    const { channelOf, advanced } = this.options;
    const isThere = await this.subscribeTo([channelOf(runId)]);
    if (isThere && this.wanted.has(runId)) advanced(runId);
  }

  private async subscribeAll(): Promise<void> {
    const { owner, channelOf, missed } = this.options;
    const channels = [owner, ...[...this.wanted].map(channelOf)];
    for (let at = 0; at < channels.length; at += CHANNELS_AT_ONCE) {
      if (!(await this.subscribeTo(channels.slice(at, at + CHANNELS_AT_ONCE)))) return;
    }
    missed();
  }

  /**
   * False when the connection is away, or is cut because it failed; the next one subscribes to everything anew. Where Redis itself
   * refuses, there is no use in that, and no message will come: the poll has to do.
   */
  private async subscribeTo(channels: readonly string[]): Promise<boolean> {
    const { link, logger } = this.options;
    if (!link.isReady) return false;
    try {
      await link.redis.subscribe(...channels);
      return true;
    } catch (error) {
      const isRefusal = error instanceof Error && error.name === 'ReplyError';
      if (isRefusal) logger.warn({ reason: error.message }, 'Redis refuses a subscription; readers will lag');
      else link.cut();
      return isRefusal;
    }
  }
}

function ignore(): void {}
