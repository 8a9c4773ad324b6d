import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Owner } from '../auth/owner.js';
import type { Database, GraphTable } from '../database/schema.js';
import { lockingRows } from '../database/transact.js';
import { MillraceError } from '../protocol/error-code.js';
import type { GraphConfig } from '../protocol/graph.js';

/** The versions of a graph that are kept; the oldest go. */
export const KEPT_VERSIONS = 50;

export interface StoredGraph extends Selectable<GraphTable> {
  config: GraphConfig;
}

export interface GraphToSave {
  config: GraphConfig;
  /** Absent: it stays as it is. */
  readme?: string;
}

export function graphNotFound(name: string): MillraceError {
  return new MillraceError('graph_not_found', { detail: `找不到图 '${name}'` });
}

/** The graphs of these names, or all. */
export async function findGraphs(
  db: Kysely<Database>,
  owner: Owner,
  names?: readonly string[],
): Promise<StoredGraph[]> {
  if (names?.length === 0) return [];
  let query = db
    .selectFrom('graphs')
    .innerJoin('graph_versions', (join) =>
      join
        .onRef('graph_versions.tenant_id', '=', 'graphs.tenant_id')
        .onRef('graph_versions.user_id', '=', 'graphs.user_id')
        .onRef('graph_versions.name', '=', 'graphs.name')
        .onRef('graph_versions.version', '=', 'graphs.version'),
    )
    .selectAll('graphs')
    .select('graph_versions.config')
    .where('graphs.tenant_id', '=', owner.tenant_id)
    .where('graphs.user_id', '=', owner.user_id)
    .orderBy('graphs.name');
  if (names) query = query.where('graphs.name', 'in', names);
  const rows = await query.execute();
  return rows.map(({ config, ...row }) => ({ ...row, config: JSON.parse(config) as GraphConfig }));
}

export async function findGraph(
  db: Kysely<Database>,
  owner: Owner,
  name: string,
): Promise<StoredGraph | undefined> {
  return (await findGraphs(db, owner, [name]))[0];
}

/** The same, and nobody else changes it before this transaction has ended. Throws `graph_not_found`. */
export async function lockGraph(db: Transaction<Database>, owner: Owner, name: string): Promise<StoredGraph> {
  const query = db
    .selectFrom('graphs')
    .select('name')
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .where('name', '=', name);
  const found = (await lockingRows(query, db).executeTakeFirst()) && (await findGraph(db, owner, name));
  if (!found) throw graphNotFound(name);
  return found;
}

/** The graphs that have this one as a part. */
export async function parentsOf(
  db: Transaction<Database>,
  owner: Owner,
  name: string,
): Promise<StoredGraph[]> {
  return (await findGraphs(db, owner)).filter(({ config }) => subgraphsOf(config).includes(name));
}

/** The names of the graphs that a graph has as parts. */
export function subgraphsOf({ nodes }: GraphConfig): string[] {
  return nodes.flatMap(({ is_subgraph, subgraph_name }) =>
    is_subgraph && subgraph_name !== null ? [subgraph_name] : [],
  );
}

/** Stores a graph, as a new version of one that is there and differs. True when it did replace one. */
export async function saveGraph(
  db: Transaction<Database>,
  owner: Owner,
  { config, readme }: GraphToSave,
  now: number,
): Promise<boolean> {
  const { name } = config;
  const { numInsertedOrUpdatedRows: inserted } = await db
    .insertInto('graphs')
    .values({ ...owner, name, version: 1, readme: readme ?? '', created_at: now, updated_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  if (inserted === 1n) {
    await addVersion(db, owner, config, 1, now);
    return false;
  }
  const stored = await lockGraph(db, owner, name);
  const isSame = JSON.stringify(stored.config) === JSON.stringify(config);
  const version = isSame ? stored.version : stored.version + 1;
  if (!isSame) await addVersion(db, owner, config, version, now);
  await db
    .updateTable('graphs')
    .set({ version, updated_at: now, ...(readme !== undefined && { readme }) })
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .where('name', '=', name)
    .execute();
  return !isSame;
}

async function addVersion(
  db: Transaction<Database>,
  owner: Owner,
  config: GraphConfig,
  version: number,
  now: number,
): Promise<void> {
  const { name } = config;
  await db
    .insertInto('graph_versions')
    .values({ ...owner, name, version, config: JSON.stringify(config), created_at: now })
    .execute();
  await db
    .deleteFrom('graph_versions')
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .where('name', '=', name)
    .where('version', '<=', version - KEPT_VERSIONS)
    .execute();
}
