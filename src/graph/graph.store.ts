import { Inject, Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Owner } from '../auth/owner.js';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/schema.js';
import { transact } from '../database/transact.js';
import { MillraceError } from '../protocol/error-code.js';
import type { GraphConfig } from '../protocol/graph.js';
import {
  findGraph,
  findGraphs,
  graphNotFound,
  lockGraph,
  parentsOf,
  saveGraph,
  subgraphsOf,
  type GraphToSave,
  type StoredGraph,
} from './graph-rows.js';

export interface GraphVersion {
  version: number;
  created_at: number;
  nodes: number;
}

/** The graphs of each owner, as they were written, with their versions. */
@Injectable()
export class GraphStore {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  async names(owner: Owner): Promise<string[]> {
    const rows = await this.db
      .selectFrom('graphs')
      .select('name')
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .orderBy('name')
      .execute();
    return rows.map(({ name }) => name);
  }

  find(owner: Owner, name: string): Promise<StoredGraph | undefined> {
    return findGraph(this.db, owner, name);
  }

  /** The configurations of graphs by their names, and of all the graphs inside of them. What is not there is left out. */
  async withSubgraphs(owner: Owner, names: readonly string[]): Promise<Map<string, GraphConfig>> {
    const found = new Map<string, GraphConfig>();
    for (let next = [...new Set(names)]; next.length > 0;) {
      const graphs = await findGraphs(this.db, owner, next);
      for (const { name, config } of graphs) found.set(name, config);
      next = [...new Set(graphs.flatMap(({ config }) => subgraphsOf(config)))].filter(
        (name) => !found.has(name),
      );
    }
    return found;
  }

  /**
   * Stores graphs together. One that is there and differs gets a new version. With `mayReplace` false, throws `graph_exists` when that
   * would be so; the problem names them.
   */
  async save(
    owner: Owner,
    graphs: readonly GraphToSave[],
    { mayReplace, now }: { mayReplace: boolean; now: number },
  ): Promise<void> {
    await transact(this.db, async (db) => {
      const replaced: string[] = [];
      for (const graph of graphs)
        if (await saveGraph(db, owner, graph, now)) replaced.push(graph.config.name);
      if (!mayReplace && replaced.length > 0)
        throw new MillraceError('graph_exists', {
          detail: `There are other graphs of these names: ${replaced.join(', ')}.`,
          members: { graphs: replaced },
        });
    });
  }

  /** Throws `graph_not_found`, and `graph_in_use` while other graphs have it as a part; the problem names those. */
  async remove(owner: Owner, name: string): Promise<void> {
    await transact(this.db, async (db) => {
      await lockGraph(db, owner, name);
      const parents = (await parentsOf(db, owner, name)).map((parent) => parent.name);
      if (parents.length > 0)
        throw new MillraceError('graph_in_use', {
          detail: `It is a part of: ${parents.join(', ')}.`,
          members: { graphs: parents },
        });
      for (const table of ['graph_versions', 'graphs'] as const)
        await db
          .deleteFrom(table)
          .where('tenant_id', '=', owner.tenant_id)
          .where('user_id', '=', owner.user_id)
          .where('name', '=', name)
          .execute();
    });
  }

  /** Renames a graph with all of its versions, also in the graphs that have it as a part. Throws `graph_not_found` and `graph_exists`. */
  async rename(owner: Owner, from: string, to: string, now: number): Promise<void> {
    await transact(this.db, async (db) => {
      const { config } = await lockGraph(db, owner, from);
      if (from === to) return;
      if (await findGraph(db, owner, to))
        throw new MillraceError('graph_exists', { detail: `图 '${to}' 已存在`, members: { graphs: [to] } });
      for (const table of ['graph_versions', 'graphs'] as const)
        await db
          .updateTable(table)
          .set({ name: to })
          .where('tenant_id', '=', owner.tenant_id)
          .where('user_id', '=', owner.user_id)
          .where('name', '=', from)
          .execute();
      await saveGraph(db, owner, { config: { ...config, name: to } }, now);
      for (const parent of await parentsOf(db, owner, from))
        await saveGraph(db, owner, { config: withSubgraphRenamed(parent.config, from, to) }, now);
    });
  }

  /** Throws `graph_not_found`. */
  async setReadme(owner: Owner, name: string, readme: string, now: number): Promise<void> {
    const { numUpdatedRows } = await this.db
      .updateTable('graphs')
      .set({ readme, updated_at: now })
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('name', '=', name)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) throw graphNotFound(name);
  }

  /** Newest first; none when there is no such graph. */
  async versions(owner: Owner, name: string): Promise<GraphVersion[]> {
    const rows = await this.db
      .selectFrom('graph_versions')
      .select(['version', 'created_at', 'config'])
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('name', '=', name)
      .orderBy('version', 'desc')
      .execute();
    return rows.map(({ version, created_at, config }) => ({
      version,
      created_at,
      nodes: (JSON.parse(config) as GraphConfig).nodes.length,
    }));
  }

  /** A version as it was written, under the name that the graph has now. */
  async version(owner: Owner, name: string, version: number): Promise<GraphConfig | undefined> {
    const row = await this.db
      .selectFrom('graph_versions')
      .select('config')
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('name', '=', name)
      .where('version', '=', version)
      .executeTakeFirst();
    return row && { ...(JSON.parse(row.config) as GraphConfig), name };
  }
}

function withSubgraphRenamed(config: GraphConfig, from: string, to: string): GraphConfig {
  return {
    ...config,
    nodes: config.nodes.map((node) =>
      node.is_subgraph && node.subgraph_name === from ? { ...node, subgraph_name: to } : node,
    ),
  };
}
