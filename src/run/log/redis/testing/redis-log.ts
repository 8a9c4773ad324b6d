import type { LogUnderTest } from '../../contract/log-under-test.js';
import type { LinkLogger } from '../redis-link.js';
import type { RedisRunLogOptions } from '../redis-run-log.js';
import { RedisRunLog } from '../redis-run-log.js';

export const silent: LinkLogger = { log: () => undefined, warn: () => undefined };

/** A log and, when asked for, another one on the same Redis, as another process would have it. */
export class TestRedisRunLog extends RedisRunLog implements LogUnderTest {
  private peers: RedisRunLog[] = [];
  readonly #options: RedisRunLogOptions;

  private constructor(options: RedisRunLogOptions) {
    super(options);
    this.#options = options;
  }

  static async connect(url: string, options: Partial<RedisRunLogOptions> = {}): Promise<TestRedisRunLog> {
    const log = new TestRedisRunLog({
      url,
      retentionSeconds: 60,
      logger: silent,
      watcherFailed: () => undefined,
      ...options,
    });
    await log.connect();
    return log;
  }

  /** The same one each time. */
  async peer(): Promise<RedisRunLog> {
    const [peer] = this.peers;
    return peer ?? this.anotherPeer();
  }

  async anotherPeer(): Promise<RedisRunLog> {
    const peer = new RedisRunLog(this.#options);
    this.peers.push(peer);
    await peer.connect();
    return peer;
  }

  override dispose(): void {
    for (const peer of this.peers) peer.dispose();
    super.dispose();
  }
}
