import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';

/** Something without which this instance cannot serve. */
export interface Dependency {
  /** Shown to everybody: `database`, `redis`. */
  name: string;
  /** Rejects while it cannot be used. */
  check(): Promise<unknown>;
}

export interface ReadinessReport {
  status: 'ready' | 'draining' | 'not_ready';
  /** Each dependency by its name. */
  checks: Record<string, 'up' | 'down'>;
}

/** A dependency that has not answered by then is down. */
const CHECK_MS = 2000;
/** One answer serves all who ask within this time: the route is public, and asking it must cost the dependencies nothing. */
const REPORT_MS = 1000;

/**
 * Whether a load balancer may send requests to this instance: its dependencies answer and it is not being stopped. When it is, it
 * says so for DRAIN_DELAY_SECONDS before anything else happens, so that the load balancer has turned away by then.
 */
@Injectable()
export class ReadinessService implements OnModuleDestroy {
  readonly #logger = new Logger(ReadinessService.name);
  readonly #dependencies = new Map<string, Dependency>();
  readonly #down = new Set<string>();
  #draining = false;
  #latest: { at: number; checks: Promise<ReadinessReport['checks']> } | undefined;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Adds a dependency. A second one of the same name takes the place of the first. */
  add(dependency: Dependency): void {
    this.#dependencies.set(dependency.name, dependency);
    this.#latest = undefined;
  }

  async report(): Promise<ReadinessReport> {
    const now = performance.now();
    if (!this.#latest || now - this.#latest.at >= REPORT_MS)
      this.#latest = { at: now, checks: this.#checkAll() };
    const checks = await this.#latest.checks;
    if (this.#draining) return { status: 'draining', checks };
    const ready = Object.values(checks).every((state) => state === 'up');
    return { status: ready ? 'ready' : 'not_ready', checks };
  }

  async onModuleDestroy(): Promise<void> {
    this.#draining = true;
    const ms = this.config.DRAIN_DELAY_SECONDS * 1000;
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
  }

  async #checkAll(): Promise<ReadinessReport['checks']> {
    const states = [...this.#dependencies.values()].map(
      async (dependency) => [dependency.name, await this.#check(dependency)] as const,
    );
    return Object.fromEntries(await Promise.all(states));
  }

  async #check(dependency: Dependency): Promise<'up' | 'down'> {
    const { name } = dependency;
    let timer: NodeJS.Timeout | undefined;
    try {
      const tooLate = new Promise((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS} ms`)), CHECK_MS);
      });
      await Promise.race([dependency.check(), tooLate]);
      if (this.#down.delete(name)) this.#logger.log({ dependency: name }, 'A dependency is up again');
      return 'up';
    } catch (err) {
      if (!this.#down.has(name)) this.#logger.error({ dependency: name, err }, 'A dependency is down');
      this.#down.add(name);
      return 'down';
    } finally {
      clearTimeout(timer);
    }
  }
}
