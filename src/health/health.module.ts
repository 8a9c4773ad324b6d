import { Global, Inject, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { CONFIG, type Config } from '../config/config.js';
import { databaseDurability } from '../database/database-durability.js';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/schema.js';
import { HealthController } from './health.controller.js';
import { ReadinessService } from './readiness.service.js';
import { Stores } from './stores.js';

/** Whoever owns a dependency adds it to `ReadinessService`, and tells `Stores` what it survives; the database is added here. */
@Global()
@Module({
  controllers: [HealthController],
  providers: [ReadinessService, Stores],
  exports: [ReadinessService, Stores],
})
export class HealthModule implements OnModuleInit {
  constructor(
    readiness: ReadinessService,
    private readonly stores: Stores,
    @Inject(DATABASE) private readonly db: Kysely<Database>,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    readiness.add({ name: 'database', check: () => sql`select 1`.execute(db) });
  }

  async onModuleInit(): Promise<void> {
    const { isSafe, text } = await databaseDurability(this.db, this.config.DATABASE_URL);
    new Logger('Database')[isSafe ? 'log' : 'warn']({}, text);
    this.stores.tell('database', text);
  }
}
