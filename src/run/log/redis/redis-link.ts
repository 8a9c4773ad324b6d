import { Redis, type RedisOptions } from 'ioredis';
import { MillraceError } from '../../../protocol/error-code.js';

/** Where a link tells that Redis has gone or is back. Nest's Logger is one. */
export interface LinkLogger {
  log(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface LinkOptions {
  url: string;
  logger: LinkLogger;
  /** How long one command may take. Default 1,000. */
  commandTimeoutMs?: number;
  /** How long a request is tried again, or waits for a connection, before it is given up. Default 2,500. */
  patienceMs?: number;
}

/** Answers with which Redis says that it cannot serve now; the command was not done. */
const BUSY_ANSWERS = /^(?:OOM|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|MISCONF|NOREPLICAS)\b/;
const LONGEST_PAUSE_MS = 1000;
/** A socket from which nothing came for this long, while an answer is due, is dead. */
const SILENCE_MS = 4000;

/**
 * One connection to Redis that comes back by itself. Nothing is queued while it is away and nothing is sent again behind the
 * caller's back: a command that was sent late, or twice, could fence a living writer.
 */
export class RedisLink {
  readonly redis: Redis;
  private readonly patience: number;
  /** When the connection was lost; null while it is there. */
  private downSince: number | null = performance.now();
  private reported = false;
  private lastError = 'not connected to Redis';
  private waiters: ((isConnected: boolean) => void)[] = [];

  constructor({ url, logger, commandTimeoutMs = 1000, patienceMs = 2500 }: LinkOptions) {
    this.patience = patienceMs;
    const options: RedisOptions = {
      lazyConnect: true,
      connectionName: 'millrace',
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      commandTimeout: commandTimeoutMs,
      connectTimeout: commandTimeoutMs * 2,
      socketTimeout: SILENCE_MS,
      keepAlive: 10_000,
      retryStrategy: pause,
      // After a failover the old master answers as a replica until the name leads to the new one.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    };
    this.redis = new Redis(url, options);
    this.redis.on('ready', () => {
      if (this.reported) logger.log({}, 'Redis is back');
      this.reported = false;
      this.downSince = null;
      this.wake(true);
    });
    this.redis.on('close', () => (this.downSince ??= performance.now()));
    this.redis.on('error', (error) => {
      this.lastError = error.message;
      if (this.reported) return;
      this.reported = true;
      logger.warn({ reason: error.message }, 'Redis cannot be reached; trying again until it can');
    });
  }

  get isReady(): boolean {
    return this.redis.status === 'ready';
  }

  /** Resolves once connected. Rejects with MillraceError `log_unavailable` when that takes longer; the link goes on trying. */
  connect(withinMs: number): Promise<void> {
    // What goes wrong is told by the event `error`.
    this.redis.connect().catch(() => undefined);
    return this.readyBy(performance.now() + withinMs);
  }

  /**
   * Calls `send` until it succeeds, for as long as patience lasts; what it sends must do no harm when it is done twice. Rejects
   * with MillraceError `log_unavailable` when Redis did not answer or cannot serve, in which case it may still have been done;
   * with `internal` when Redis refused the command itself.
   */
  async request<T>(send: (redis: Redis) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.patience;
    for (let attempt = 1; ; attempt += 1) {
      if (!this.isReady) await this.readyBy(Math.min(deadline, this.knownDown + this.patience));
      try {
        this.gather();
        return await send(this.redis);
      } catch (error) {
        const { message, isReply } = describe(error);
        const cause = new Error(message);
        if (isReply && !BUSY_ANSWERS.test(message)) throw new MillraceError('internal', { cause });
        const wait = pause(attempt);
        if (performance.now() + wait >= deadline) throw new MillraceError('log_unavailable', { cause });
        await sleep(wait);
      }
    }
  }

  /** Ends this connection; the next one comes at once. */
  cut(): void {
    if (this.isReady) this.redis.disconnect(true);
  }

  close(): void {
    this.redis.disconnect();
    this.wake(false);
  }

  /** Since when it is known that there is no connection: who asks long after that need not wait. */
  private get knownDown(): number {
    return this.downSince ?? performance.now();
  }

  private async readyBy(deadline: number): Promise<void> {
    const left = deadline - performance.now();
    if (this.isReady) return;
    if (left > 0 && this.redis.status !== 'end') {
      const connected = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), left);
        this.waiters.push((isConnected) => {
          clearTimeout(timer);
          resolve(isConnected);
        });
      });
      if (connected) return;
    }
    throw new MillraceError('log_unavailable', { cause: new Error(this.lastError) });
  }

  /**
   * Lets the commands of one turn of the event loop go out in one write; `ioredis` makes one of each. It takes a third off the CPU of an
   * append when several runs are live (bench/log-append.mjs).
   */
  private gather(): void {
    const { stream } = this.redis;
    if (stream.writableCorked > 0) return;
    stream.cork();
    setImmediate(() => stream.uncork());
  }

  private wake(isConnected: boolean): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) waiter(isConnected);
  }
}

/** Doubles from 50 ms up to a second, with a fifth of chance, so that a thousand processes do not come back as one. */
function pause(attempt: number): number {
  return Math.min(50 * 2 ** (attempt - 1), LONGEST_PAUSE_MS) * (0.8 + Math.random() * 0.2);
}

/** `ioredis` keeps a command's arguments with its error: texts of people, which belong into no log. Only the message is kept. */
function describe(error: unknown): { message: string; isReply: boolean } {
  if (!(error instanceof Error)) return { message: String(error), isReply: false };
  return { message: error.message, isReply: error.name === 'ReplyError' };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
