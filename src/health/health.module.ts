import { Global, Inject, Module } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/schema.js';
import { HealthController } from './health.controller.js';
import { ReadinessService } from './readiness.service.js';

/** Whoever owns a dependency adds it to `ReadinessService`; the database is added here. */
@Global()
@Module({ controllers: [HealthController], providers: [ReadinessService], exports: [ReadinessService] })
export class HealthModule {
  constructor(readiness: ReadinessService, @Inject(DATABASE) db: Kysely<Database>) {
    readiness.add({ name: 'database', check: () => sql`select 1`.execute(db) });
  }
}
