import type { Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { conversationsRoundsRuns } from './migrations/0001-conversations-rounds-runs.js';
import { checkpointsLeases } from './migrations/0010-checkpoints-leases.js';
import { apiKeys } from './migrations/0020-api-keys.js';
import { titlesSearch } from './migrations/0030-titles-search.js';
import { branchesEvents } from './migrations/0040-branches-events.js';
import { cleaning } from './migrations/0045-cleaning.js';
import { lifecycle } from './migrations/0050-lifecycle.js';
import { graphs } from './migrations/0060-graphs.js';
import { agents } from './migrations/0080-agents.js';
import { graphRuns } from './migrations/0090-graph-runs.js';
import { designs } from './migrations/0100-designs.js';
import type { Database } from './schema.js';

/** Every change of the schema, in order; the names are recorded in the database and never change. */
const migrations: Record<string, Migration> = {
  '0001-conversations-rounds-runs': conversationsRoundsRuns,
  '0010-checkpoints-leases': checkpointsLeases,
  '0020-api-keys': apiKeys,
  '0030-titles-search': titlesSearch,
  '0040-branches-events': branchesEvents,
  '0045-cleaning': cleaning,
  '0050-lifecycle': lifecycle,
  '0060-graphs': graphs,
  '0080-agents': agents,
  '0090-graph-runs': graphRuns,
  '0100-designs': designs,
};

/** Brings the database to the newest schema. Throws when a migration fails; nothing of that migration stays. */
export async function migrate(db: Kysely<Database>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined)
    throw new Error('The database could not be brought to the newest schema', { cause: error });
}
