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

/** How often instances whose lease has run out are looked for. */
const LOOK_MS = 2000;
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
  readonly #leaseMs: number;
  readonly #renewMs: number;
  #timers: NodeJS.Timeout[] = [];
  /** The runs that this instance took over and could not end yet. */
  readonly #unrecovered = new Map<string, RunRow>();
  #busy = false;
  /** Since when the database has answered without a break; undefined while it does not. */
  #connectedSince: number | undefined = performance.now();

  constructor(
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(RUN_LOG) private readonly log: RunLog,
    private readonly store: RunStore,
    private readonly recovery: RunRecovery,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.#shared = isShared(config);
    this.#leaseMs = config.LEASE_SECONDS * 1000;
    this.#renewMs = this.#leaseMs / 3;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.#shared) {
      await this.#renew();
      this.#every(this.#renewMs, () => void this.#renew().catch((error: unknown) => this.#warn(error)));
    } else {
      await this.#endEverythingUnfinished();
    }
    this.#every(LOOK_MS, () => void this.#look());
    if (this.config.REDIS_URL !== undefined) void this.#endLogs();
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

  #every(milliseconds: number, act: () => void): void {
    this.#timers.push(setInterval(act, milliseconds).unref());
  }

  /** Ends the runs of instances whose lease has run out. Renewing the own lease does not wait for it. */
  async #look(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      if (this.#mayJudge) {
        const now = await this.#databaseTime();
        await this.#recoverAll(await this.#orphans(Date.now() - ENDED_MS, now));
        await this.db
          .deleteFrom('instances')
          .where('expires_at', '<', now - ENDED_MS)
          .execute();
      }
      await this.#recoverAll(await this.#again());
    } catch (error) {
      this.#warn(error);
    } finally {
      this.#busy = false;
    }
  }

  /**
   * For a while after the database came back, or this instance began, others are not judged by their leases: they could not renew them
   * either.
   */
  get #mayJudge(): boolean {
    const since = this.#connectedSince;
    return this.#shared && since !== undefined && performance.now() - since >= 2 * this.#renewMs;
  }

  /**
   * Once, after the start: gives the logs of ended runs the terminal event that they lack, because a process died between the two or
   * while the log was away.
   */
  async #endLogs(): Promise<void> {
    const endedAfter = Date.now() - this.config.LOG_RETENTION_SECONDS * 1000;
    try {
      const now = this.#shared ? await this.#databaseTime() : undefined;
      for (let after = ''; ;) {
        const rows = await this.#orphans(endedAfter, now, after);
        await this.#recoverAll(rows.filter(({ terminal }) => terminal !== null));
        if (rows.length === 0) return;
        after = rows.at(-1)!.id;
      }
    } catch (error) {
      this.#warn(error);
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
    return this.#orphans(Number.MAX_SAFE_INTEGER);
  }

  #orphans(endedAfter: number, aliveAt?: number, after?: string): Promise<RunRow[]> {
    return this.store.orphans({ self: this.id, endedAfter, aliveAt, after });
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
    try {
      const expires_at = (await this.#databaseTime()) + this.#leaseMs;
      await this.db
        .insertInto('instances')
        .values({ id: this.id, expires_at })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ expires_at }))
        .execute();
      this.#connectedSince ??= performance.now();
    } catch (error) {
      this.#connectedSince = undefined;
      throw error;
    }
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
