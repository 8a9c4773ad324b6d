import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { RUN_LOG, type RunLog } from './log/run-log.js';

/**
 * The readers that this instance has of runs which another one executes and which end without readers. It is told by a mark, which
 * one timer renews for all of them.
 */
@Injectable()
export class AnnouncedReaders implements OnApplicationShutdown {
  readonly #logger = new Logger(AnnouncedReaders.name);
  readonly #counts = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(RUN_LOG) private readonly log: Pick<RunLog, 'marks'>,
    @Inject(CONFIG) private readonly config: Pick<Config, 'LEASE_SECONDS'>,
  ) {}

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  join(runId: string): void {
    const count = this.#counts.get(runId) ?? 0;
    this.#counts.set(runId, count + 1);
    if (count === 0) this.#say(this.log.marks?.mark([runId]));
    this.#timer ??= setInterval(() => this.#renew(), (this.config.LEASE_SECONDS * 1000) / 3).unref();
  }

  leave(runId: string): void {
    const count = (this.#counts.get(runId) ?? 1) - 1;
    if (count > 0) return void this.#counts.set(runId, count);
    this.#counts.delete(runId);
    this.#say(this.log.marks?.unmark(runId));
    if (this.#counts.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #renew(): void {
    this.#say(this.log.marks?.mark([...this.#counts.keys()]));
  }

  /** Who cannot be told now is told by the next renewal, or by a mark that ends. */
  #say(said: Promise<void> | undefined): void {
    said?.catch((err: unknown) => this.#logger.debug({ err }, 'Readers could not be announced'));
  }
}
