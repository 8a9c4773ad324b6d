import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Kysely } from 'kysely';
import { CONFIG, type Config } from '../config/config.js';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/schema.js';

const EVERY_MS = 10 * 60_000;
/** Rows of one statement: other writers wait for it. */
const AT_ONCE = 500;

export interface Cleaned {
  /** Idempotency-Keys that may be used again. */
  keys: number;
  /** Runs of temporary chats that are forgotten. */
  runs: number;
}

/**
 * Forgets what ended runs leave beside their conversations, `LOG_RETENTION_SECONDS` after their end: Idempotency-Keys, and the rows of
 * temporary chats, whose logs are gone by then. Several instances may do it at once.
 */
@Injectable()
export class RunCleaner implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(RunCleaner.name);
  #timer: NodeJS.Timeout | undefined;
  #cleaning: Promise<unknown> | undefined;

  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(CONFIG) private readonly config: Pick<Config, 'LOG_RETENTION_SECONDS'>,
  ) {}

  onApplicationBootstrap(): void {
    this.#begin();
    this.#timer = setInterval(() => this.#begin(), EVERY_MS);
    this.#timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#cleaning;
  }

  /** @param now Unix time in milliseconds */
  async clean(now: number): Promise<Cleaned> {
    const endedBefore = now - this.config.LOG_RETENTION_SECONDS * 1000;
    const cleaned: Cleaned = { keys: 0, runs: 0 };
    for (;;) {
      const due = await this.#due(endedBefore);
      const temporary = due.filter((run) => run.conversation_id === null).map(({ id }) => id);
      const keyed = due.filter((run) => run.conversation_id !== null).map(({ id }) => id);
      if (temporary.length > 0) await this.db.deleteFrom('runs').where('id', 'in', temporary).execute();
      if (keyed.length > 0)
        await this.db
          .updateTable('runs')
          .set({ idempotency_key: null, request_hash: null })
          .where('id', 'in', keyed)
          .execute();
      cleaned.runs += temporary.length;
      cleaned.keys += keyed.length;
      if (due.length < AT_ONCE) return cleaned;
    }
  }

  #due(endedBefore: number) {
    return this.db
      .selectFrom('runs')
      .select(['id', 'conversation_id'])
      .where((where) =>
        where.or([where('conversation_id', 'is', null), where('idempotency_key', 'is not', null)]),
      )
      .where('ended_at', '<', endedBefore)
      .limit(AT_ONCE)
      .execute();
  }

  #begin(): void {
    this.#cleaning = this.clean(Date.now()).then(
      (cleaned) => {
        if (cleaned.keys + cleaned.runs > 0) this.#logger.log(cleaned, 'Forgot what ended runs had left');
      },
      (error: unknown) =>
        this.#logger.warn({ err: error }, 'Ended runs could not be cleaned; trying again later'),
    );
  }
}
