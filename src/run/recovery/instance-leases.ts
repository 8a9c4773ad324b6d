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
  #timers: NodeJS.Timeout[] = [];
  /** The runs that this instance took over and could not end yet. */
  readonly #unrecovered = new Map<string, RunRow>();
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
      await this.#endEverythingUnfinished();
      return;
    }
    await this.#renew();
    this.#timers = [
      setInterval(() => void this.#renew().catch((error: unknown) => this.#warn(error)), RENEW_MS),
      setInterval(() => void this.#look(), RENEW_MS),
    ];
    for (const timer of this.#timers) timer.unref();
    await this.#look();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#shared)
      await this.db
        .deleteFrom('instances')
        .where('id', '=', this.id)
        .execute()
        .catch(() => {});
  }

  /** Ends the runs of instances whose lease has run out. Renewing the own lease does not wait for it. */
  async #look(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const now = await this.#databaseTime();
      await this.#recoverAll(await this.store.orphans({ aliveAt: now }, Date.now() - ENDED_MS));
      await this.#recoverAll(await this.#again());
      await this.db
        .deleteFrom('instances')
        .where('expires_at', '<', now - ENDED_MS)
        .execute();
    } catch (error) {
      this.#warn(error);
    } finally {
      this.#busy = false;
    }
  }

  #warn(error: unknown): void {
    this.#logger.warn(
      { err: error },
      'The leases of the instances could not be read or renewed; trying again',
    );
  }

  async #endEverythingUnfinished(): Promise<void> {
    for (let rows = await this.#unfinished(); rows.length > 0; rows = await this.#unfinished()) {
      const before = this.#unrecovered.size;
      await this.#recoverAll(rows);
      if (this.#unrecovered.size > before) return;
    }
  }

  /** Without those that have ended: the database serves them, whatever became of their logs. */
  #unfinished(): Promise<RunRow[]> {
    return this.store.orphans('none', Number.MAX_SAFE_INTEGER);
  }

  /** What could not be ended before, as it stands now: taking it over has changed its epoch. */
  async #again(): Promise<RunRow[]> {
    const rows = await Promise.all(
      [...this.#unrecovered.values()].map((row) => this.store.find(row, row.id)),
    );
    this.#unrecovered.clear();
    return rows.filter((row) => row?.instance_id === this.id) as RunRow[];
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
        this.#unrecovered.set(row.id, row);
        this.#logger.error({ run_id: row.id, err: error }, 'A run could not be recovered; trying again');
      }
    }
  }

  async #lacksTerminal(row: RunRow): Promise<boolean> {
    const head = await this.log.head(row.id);
    return head !== null && !head.closed;
  }
}
