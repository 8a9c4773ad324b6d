import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { ulid } from 'ulid';
import { CONFIG, isShared, type Config } from '../../config/config.js';
import { DATABASE } from '../../database/database.module.js';
import type { Database } from '../../database/schema.js';
import { RUN_LOG, type RunLog } from '../log/run-log.js';
import { RunStore, type RunRow } from '../run.store.js';
import { RunRecovery } from './run-recovery.js';

const LEASE_MS = 15_000;
const RENEW_MS = 5000;
/** How far back ended runs are looked at for a terminal event that their log lacks. */
const ENDED_MS = 10 * 60_000;

/**
 * The lease of this process, and the recovery of runs whose process is gone. Time is the database's, so that clocks need not agree.
 * With SQLite no other process can live, so everything unfinished is ended before the server listens.
 */
@Injectable()
export class InstanceLeases implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly id = ulid();
  readonly #logger = new Logger(InstanceLeases.name);
  readonly #shared: boolean;
  #timer: NodeJS.Timeout | undefined;
  #busy = false;

  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(RUN_LOG) private readonly log: RunLog,
    private readonly store: RunStore,
    private readonly recovery: RunRecovery,
    @Inject(CONFIG) config: Config,
  ) {
    this.#shared = isShared(config);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.#shared) {
      await this.#recoverAll(await this.store.orphans('none', Date.now() - ENDED_MS));
      return;
    }
    await this.#renew();
    await this.#tick();
    this.#timer = setInterval(() => void this.#tick(), RENEW_MS);
    this.#timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#shared)
      await this.db
        .deleteFrom('instances')
        .where('id', '=', this.id)
        .execute()
        .catch(() => {});
  }

  async #tick(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await this.#renew();
      const now = await this.#databaseTime();
      await this.#recoverAll(await this.store.orphans({ aliveAt: now }, Date.now() - ENDED_MS));
      await this.db
        .deleteFrom('instances')
        .where('expires_at', '<', now - ENDED_MS)
        .execute();
    } catch (error) {
      this.#logger.warn({ err: error }, 'The lease of this instance could not be renewed; trying again');
    } finally {
      this.#busy = false;
    }
  }

  async #renew(): Promise<void> {
    const expires_at = (await this.#databaseTime()) + LEASE_MS;
    await this.db
      .insertInto('instances')
      .values({ id: this.id, expires_at })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ expires_at }))
      .execute();
  }

  async #databaseTime(): Promise<number> {
    const { rows } = await sql<{
      now: number;
    }>`select (extract(epoch from clock_timestamp()) * 1000)::bigint as now`.execute(this.db);
    return Number(rows[0]!.now);
  }

  async #recoverAll(rows: readonly RunRow[]): Promise<void> {
    for (const row of rows) {
      try {
        if (row.terminal === null || (await this.#lacksTerminal(row)))
          await this.recovery.recover(row, this.id);
      } catch (error) {
        this.#logger.error({ run_id: row.id, err: error }, 'A run could not be recovered; trying again');
      }
    }
  }

  async #lacksTerminal(row: RunRow): Promise<boolean> {
    const head = await this.log.head(row.id);
    return head !== null && !head.closed;
  }
}
