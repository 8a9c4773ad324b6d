import { Logger, type LoggerService } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Kysely } from 'kysely';
import { AppModule } from '../../src/app.module.js';
import { CONFIG, readConfig } from '../../src/config/config.js';
import { DATABASE } from '../../src/database/database.module.js';
import type { Database } from '../../src/database/schema.js';
import { ActiveRuns } from '../../src/run/active-runs.js';
import { RUN_LOG, type RunLog } from '../../src/run/log/run-log.js';
import { InstanceLeases } from '../../src/run/recovery/instance-leases.js';
import { RunRecovery } from '../../src/run/recovery/run-recovery.js';
import { RunService } from '../../src/run/run.service.js';
import { RunStore } from '../../src/run/run.store.js';

/** One instance of the server without HTTP: the application's own objects, on a database and a log that the test holds. */
export interface Instance {
  readonly id: string;
  readonly log: RunLog;
  readonly runs: RunService;
  readonly active: ActiveRuns;
  readonly store: RunStore;
  readonly recovery: RunRecovery;
  get<T>(token: abstract new (...args: never[]) => T): T;
}

export interface InstanceParts {
  db: Kysely<Database>;
  log: RunLog;
  /** Settings, as the environment has them. */
  env?: Record<string, string>;
}

const ignore = () => undefined;
const silent: LoggerService = { log: ignore, error: ignore, warn: ignore };

/**
 * Puts an instance together. Nothing of it is started: no timer, no lease, no recovery of what is left unfinished. Several on one
 * database are several processes, as far as the database and the log can tell.
 */
export async function makeInstance({ db, log, env = {} }: InstanceParts): Promise<Instance> {
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(CONFIG)
    .useValue(readConfig({ LOG_LEVEL: 'silent', DATABASE_URL: 'sqlite::memory:', ...env }))
    .overrideProvider(DATABASE)
    .useValue(db)
    .overrideProvider(RUN_LOG)
    .useValue(log)
    .setLogger(silent)
    .compile();
  Logger.overrideLogger(false);
  const get = <T>(token: abstract new (...args: never[]) => T): T => module.get(token, { strict: false });
  return {
    id: get(InstanceLeases).id,
    log,
    runs: get(RunService),
    active: get(ActiveRuns),
    store: get(RunStore),
    recovery: get(RunRecovery),
    get,
  };
}
