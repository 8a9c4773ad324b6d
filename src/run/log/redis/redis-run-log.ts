import { randomUUID } from 'node:crypto';
import { MillraceError } from '../../../protocol/error-code.js';
import { countOf } from '../../../protocol/packed.js';
import type { RunSnapshot } from '../../../protocol/run-snapshot.js';
import { judgeCursor } from '../judge-cursor.js';
import type {
  Advanced,
  AppendedEvent,
  LogCursor,
  LogHead,
  LogRead,
  ReadOptions,
  RunLog,
  RunLogWriter,
} from '../run-log.js';
import { DEFAULT_READ_LIMIT, LOG_START, tooLate } from '../run-log.js';
import { Watchers } from '../watchers.js';
import type { RedisDurability } from './redis-durability.js';
import { LocalTail } from './local-tail.js';
import { LogPoll } from './log-poll.js';
import { readStore } from './read-store.js';
import type { LinkLogger } from './redis-link.js';
import { RedisLink } from './redis-link.js';
import { RedisLogStore } from './redis-log-store.js';
import { RedisReaderMarks } from './redis-reader-marks.js';
import { RedisLogWriter } from './redis-log-writer.js';
import { RunNews } from './run-news.js';
import { SharedCalls } from './shared-calls.js';

export interface RedisRunLogOptions {
  /** `redis://[[user]:password@]host[:port][/db]`, or `rediss://` for TLS. */
  url: string;
  /** How long a log is kept after it was closed. */
  retentionSeconds: number;
  logger: LinkLogger;
  /** How long a process that says nothing counts as one that reads. Default 15,000. */
  markMs?: number;
  /** Before the name of every key and channel. Default `millrace:`. */
  prefix?: string;
  /** How long one command may take. Default 1,000. */
  commandTimeoutMs?: number;
  /** How long a request is tried again before it rejects with `log_unavailable`. Default 2,500. */
  patienceMs?: number;
  /** How often it is asked whether something was missed, while anybody watches. Default 1,000. */
  pollMs?: number;
  /** Gets what a watcher throws. Default: a line of the log. */
  watcherFailed?: (error: unknown) => void;
}

/** A run whose writer lives in this process. */
interface OwnRun {
  writer: string;
  epoch: number;
  tail: LocalTail | null;
}

/**
 * The run log of several instances, in Redis Streams. Appends are compare-and-append with fencing in one script. While Redis is away, appends
 * and reads reject with MillraceError `log_unavailable` after a bounded time, and go on when it is back; a writer whose events Redis
 * has lost gets LogLostError.
 *
 * Readers in the process that writes a run are served from a copy of its newest events. What another process does to that log (it opens,
 * trims or drops it) reaches such a reader with a message, or a second later.
 */
export class RedisRunLog implements RunLog {
  /** Set once it was asked for. */
  durability: RedisDurability | null = null;
  readonly marks: RedisReaderMarks;
  private readonly own = new Map<string, OwnRun>();
  private readonly watched = new Map<string, number>();
  private readonly link: RedisLink;
  private readonly newsLink: RedisLink;
  private readonly store: RedisLogStore;
  private readonly news: RunNews;
  private readonly poll: LogPoll;
  private readonly watchers: Watchers;
  private readonly calls = new SharedCalls();
  private readonly instance = randomUUID();
  private opened = 0;

  constructor(private readonly options: RedisRunLogOptions) {
    const { prefix = 'millrace:', logger, pollMs = 1000 } = options;
    const owner = `${prefix}process:${this.instance}`;
    this.watchers = new Watchers(
      options.watcherFailed ?? ((error) => logger.warn({ err: error }, 'A watcher of the run log threw')),
    );
    this.link = new RedisLink(options);
    this.newsLink = new RedisLink(options);
    this.store = new RedisLogStore(this.link, prefix, owner);
    this.marks = new RedisReaderMarks(this.link, prefix, this.instance, options.markMs ?? 15_000);
    this.news = new RunNews({
      link: this.newsLink,
      logger,
      owner,
      channelOf: (runId) => this.store.channelOf(runId),
      runOf: (channel) => this.store.runOf(channel),
      advanced: (runId) => this.watchers.notify(runId),
      disturbed: (runId) => this.disturbed(runId),
      missed: () => this.missed(),
    });
    this.redis.on('ready', () => this.missed());
    this.poll = new LogPoll({
      everyMs: pollMs,
      store: this.store,
      watched: () => this.watched.keys(),
      writtenHere: (runId) => this.written(runId),
      changed: (runId) => this.changed(runId),
      before: () => this.news.check(),
    });
  }

  /** The connection, for a check of the server. */
  get redis() {
    return this.link.redis;
  }

  /** Resolves once connected. Rejects with MillraceError `log_unavailable` when that takes longer. */
  async connect(withinMs = 10_000): Promise<void> {
    await Promise.all([this.link.connect(withinMs), this.newsLink.connect(withinMs)]);
  }

  async open(runId: string, after: LogCursor = LOG_START): Promise<RunLogWriter> {
    this.opened += 1;
    const id = `${this.instance}:${this.opened}`;
    const startSeq = await this.store.open(runId, id, after);
    if (startSeq === null) throw tooLate(runId, after);
    return this.newWriter(runId, id, after.epoch + 1, startSeq);
  }

  async read(runId: string, after: LogCursor | null, options: ReadOptions = {}): Promise<LogRead> {
    const near = this.readNow(runId, after, options);
    if (near) return near;
    const { limit, merge } = withDefaults(options);
    const position = after ? `${after.epoch}.${after.seq}` : '';
    return this.calls.share(`read ${runId} ${position} ${limit} ${merge}`, () =>
      readStore(this.store, runId, after, limit, merge),
    );
  }

  readNow(runId: string, after: LogCursor | null, options: ReadOptions = {}): LogRead | null {
    const { limit, merge } = withDefaults(options);
    return this.own.get(runId)?.tail?.read(after, limit, merge) ?? null;
  }

  head(runId: string): Promise<LogHead | null> {
    return this.calls.share(`head ${runId}`, () => this.store.head(runId));
  }

  watch(runId: string, advanced: Advanced): () => void {
    const unwatch = this.watchers.watch(runId, advanced);
    this.watched.set(runId, (this.watched.get(runId) ?? 0) + 1);
    this.listen(runId);
    this.poll.begin();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      unwatch();
      const left = (this.watched.get(runId) ?? 1) - 1;
      if (left > 0) this.watched.set(runId, left);
      else this.watched.delete(runId);
      this.listen(runId);
      if (this.watched.size === 0) this.poll.end();
    };
  }

  async trim(runId: string, snapshot: RunSnapshot): Promise<void> {
    const { epoch, through_seq: seq } = snapshot;
    for (;;) {
      const held = await this.store.extent(runId);
      if (!held || seq + 1 < held.extent.firstSeq) return;
      const fault = judgeCursor({ epoch, seq }, held.extent);
      if (fault) {
        const cause = new Error(`run ${runId} cannot be trimmed to ${epoch}.${seq}: ${fault}`);
        throw new MillraceError('internal', { cause });
      }
      if (!(await this.store.trim(runId, held.judgedBy, seq, JSON.stringify(snapshot)))) continue;
      this.forgetTail(runId);
      return;
    }
  }

  async base(runId: string): Promise<RunSnapshot | null> {
    const base = await this.store.base(runId);
    return base === null ? null : (JSON.parse(base) as RunSnapshot);
  }

  async drop(runId: string): Promise<void> {
    await this.store.drop(runId);
    this.disown(runId);
    this.watchers.notify(runId);
  }

  /** What the log survives, in a line for the operator. */
  describe(): string {
    return this.durability?.text ?? 'Redis: what the live log survives is not known';
  }

  /** Ends both connections, the timer and every watch. What is in Redis stays. */
  dispose(): void {
    this.poll.end();
    this.news.close();
    this.link.close();
    this.watchers.clear();
    this.watched.clear();
    this.own.clear();
  }

  /** Called by Nest. */
  onApplicationShutdown(): void {
    this.dispose();
  }

  private newWriter(runId: string, id: string, epoch: number, startSeq: number): RunLogWriter {
    this.own.set(runId, { writer: id, epoch, tail: new LocalTail(epoch, startSeq) });
    this.listen(runId);
    const ifOwn = (act: (run: OwnRun) => void) => {
      const run = this.own.get(runId);
      if (run?.writer === id) act(run);
    };
    return new RedisLogWriter({
      runId,
      id,
      epoch,
      startSeq,
      store: this.store,
      retentionMs: Math.ceil(this.options.retentionSeconds * 1000),
      appended: (events) => {
        ifOwn((run) => extendTail(run, events));
        this.watchers.notify(runId);
      },
      closed: () => {
        ifOwn(() => this.disown(runId));
        this.watchers.notify(runId);
      },
      over: () => ifOwn(() => this.changed(runId)),
    });
  }

  /** Another process did something to a log that is written here: what, the poll finds out. */
  private disturbed(runId: string): void {
    this.forgetTail(runId);
    void this.poll.run();
    this.watchers.notify(runId);
  }

  /** A connection was away. Whoever waits reads again, once both are back. */
  private missed(): void {
    if (!this.link.isReady || !this.newsLink.isReady) return;
    for (const run of this.own.values()) run.tail = null;
    for (const runId of this.watched.keys()) this.watchers.notify(runId);
  }

  /** The log is not what this process took it for. */
  private changed(runId: string): void {
    this.disown(runId);
    this.watchers.notify(runId);
  }

  private forgetTail(runId: string): void {
    const run = this.own.get(runId);
    if (run) run.tail = null;
  }

  private disown(runId: string): void {
    if (this.own.delete(runId)) this.listen(runId);
  }

  /** A run that is written here tells of itself; of every other one that is watched, Redis tells. */
  private listen(runId: string): void {
    if (this.watched.has(runId) && !this.own.has(runId)) this.news.want(runId);
    else this.news.unwant(runId);
  }

  private written(runId: string): { writer: string; lastSeq: number } | null {
    const run = this.own.get(runId);
    return run ? { writer: run.writer, lastSeq: run.tail?.lastSeq ?? 0 } : null;
  }
}

function withDefaults({ limit = DEFAULT_READ_LIMIT, merge = true }: ReadOptions) {
  return { limit: Math.max(limit, 1), merge };
}

function extendTail(run: OwnRun, events: readonly AppendedEvent[]): void {
  const before = events[0]!.seq - countOf(events[0]!);
  if (run.tail?.lastSeq !== before) run.tail = new LocalTail(run.epoch, before);
  run.tail.push(events);
}
