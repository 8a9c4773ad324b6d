import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Owner } from '../../auth/owner.js';
import { branchTo } from '../../conversation/branches.js';
import { DATABASE } from '../../database/database.module.js';
import type { Database, NodeRunTable } from '../../database/schema.js';
import { transact } from '../../database/transact.js';
import type { GraphConfig } from '../../protocol/graph.js';
import type { Choice } from '../plan/scheduler.js';
import type { ProgressBasis } from './graph-progress.js';
import type { GlobalOutput, NodeRun } from './node-run.js';
import { chainOf } from './turns.js';

/** What a run of a graph was asked for. */
export interface GraphRunRequest {
  graphName: string;
  /** The graph, and those inside of it. Null: the run goes on with what the turn before it left. */
  graphs: readonly GraphConfig[] | null;
  input: string;
}

/** From where a run of a graph goes on. */
export interface GraphBasis extends ProgressBasis {
  graphs: readonly GraphConfig[];
}

/** What runs of graphs go on from: written while they run, a row a node (D-37), and read by the run that follows. */
@Injectable()
export class GraphRunStore {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  /** Stores what a run was asked for, in the transaction that stores the run. */
  async start(db: Transaction<Database>, runId: string, request: GraphRunRequest): Promise<void> {
    const { graphName, graphs, input } = request;
    await db
      .insertInto('graph_runs')
      .values({
        run_id: runId,
        graph_name: graphName,
        graphs: graphs && JSON.stringify(graphs),
        input,
      })
      .execute();
  }

  /** Stores a node that has ended, once. False when the run is in another epoch, and then nothing is stored. */
  async keepNode(runId: string, epoch: number, node: NodeRun, endedAs: number): Promise<boolean> {
    return transact(this.db, async (db) => {
      // The row is locked by this update: nobody takes the run over before the node is in.
      const { numUpdatedRows } = await db
        .updateTable('runs')
        .set({ epoch })
        .where('id', '=', runId)
        .where('epoch', '=', epoch)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) return false;
      await db
        .insertInto('node_runs')
        .values({
          run_id: runId,
          node_run_id: node.nodeRunId,
          ended_as: endedAs,
          started_after: node.startedAfter,
          node_id: node.nodeId,
          output: JSON.stringify(node.output),
          choice: node.choice ? JSON.stringify(node.choice) : null,
          is_global: node.isGlobal ? 1 : 0,
          file_name: node.fileName ?? null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return true;
    });
  }

  /** The graph of the turn that the next one follows: that of `afterRunId`, or the current one. Undefined when there is none. */
  async lastGraph(
    owner: Owner,
    conversationId: string,
    afterRunId?: string | null,
  ): Promise<string | undefined> {
    const graphs = this.db
      .selectFrom('rounds')
      .innerJoin('graph_runs', 'graph_runs.run_id', 'rounds.run_id')
      .innerJoin('conversations', (join) =>
        join
          .onRef('conversations.tenant_id', '=', 'rounds.tenant_id')
          .onRef('conversations.user_id', '=', 'rounds.user_id')
          .onRef('conversations.id', '=', 'rounds.conversation_id'),
      )
      .select('graph_runs.graph_name')
      .where('rounds.tenant_id', '=', owner.tenant_id)
      .where('rounds.user_id', '=', owner.user_id)
      .where('rounds.conversation_id', '=', conversationId);
    const row = await (
      typeof afterRunId === 'string'
        ? graphs.where('rounds.run_id', '=', afterRunId)
        : graphs.whereRef('rounds.round', '=', 'conversations.head_round')
    ).executeTakeFirst();
    return row?.graph_name;
  }

  /** From where a run goes on, once the turns before it have ended. */
  async basisOf(owner: Owner, runId: string): Promise<GraphBasis> {
    const branch = await this.#branchTo(owner, runId);
    const { first, graphsOf, earlier } = chainOf(branch);
    const chain = branch.slice(first);
    const [graphs, nodes, globals] = await Promise.all([
      this.#graphs(branch[graphsOf]!.run_id),
      this.#nodes(chain.map(({ run_id }) => run_id)),
      this.#globals(earlier.map((at) => branch[at]!.run_id)),
    ]);
    const input = chain.findLast((turn) => turn.input !== '')?.input ?? '';
    return { graphs, input, globals, nodes };
  }

  /** The files of a run, in the order in which their nodes ended. */
  async files(
    owner: Owner,
    runId: string,
  ): Promise<{ name: string; node_name: string; node_run_id: string }[]> {
    const rows = await this.#filesOf(owner, runId)
      .select(['node_runs.file_name', 'node_runs.node_id', 'node_runs.node_run_id'])
      .orderBy('node_runs.ended_as')
      .execute();
    return rows.map((row) => ({
      name: row.file_name ?? '',
      node_name: row.node_id,
      node_run_id: row.node_run_id,
    }));
  }

  /** The text of a file; undefined when the run has none of that name. */
  async file(owner: Owner, runId: string, name: string): Promise<string | undefined> {
    if (name.includes('\0')) return undefined;
    const row = await this.#filesOf(owner, runId)
      .select('node_runs.output')
      .where('node_runs.file_name', '=', name)
      .executeTakeFirst();
    return row && (JSON.parse(row.output) as string);
  }

  #filesOf(owner: Owner, runId: string) {
    return this.db
      .selectFrom('node_runs')
      .innerJoin('runs', 'runs.id', 'node_runs.run_id')
      .where('runs.tenant_id', '=', owner.tenant_id)
      .where('runs.user_id', '=', owner.user_id)
      .where('node_runs.run_id', '=', runId)
      .where('node_runs.file_name', 'is not', null);
  }

  /** The turns of a graph from the first of the conversation to this run. */
  async #branchTo(owner: Owner, runId: string) {
    const rounds = await this.db
      .selectFrom('rounds as mine')
      .innerJoin('rounds', (join) =>
        join
          .onRef('rounds.tenant_id', '=', 'mine.tenant_id')
          .onRef('rounds.user_id', '=', 'mine.user_id')
          .onRef('rounds.conversation_id', '=', 'mine.conversation_id'),
      )
      .innerJoin('runs', 'runs.id', 'rounds.run_id')
      .innerJoin('graph_runs', 'graph_runs.run_id', 'rounds.run_id')
      .select([
        'rounds.round',
        'rounds.parent_round',
        'rounds.run_id',
        'runs.state',
        'graph_runs.input',
        (select) => select('graph_runs.graphs', 'is not', null).as('has_graphs'),
      ])
      .where('mine.tenant_id', '=', owner.tenant_id)
      .where('mine.user_id', '=', owner.user_id)
      .where('mine.run_id', '=', runId)
      .execute();
    const last = rounds.find(({ run_id }) => run_id === runId)!;
    return branchTo(rounds, last.round).map((row) => ({ ...row, resumes: !row.has_graphs }));
  }

  async #graphs(runId: string): Promise<GraphConfig[]> {
    const { graphs } = await this.db
      .selectFrom('graph_runs')
      .select('graphs')
      .where('run_id', '=', runId)
      .executeTakeFirstOrThrow();
    return JSON.parse(graphs ?? '[]') as GraphConfig[];
  }

  /** A run names only nodes that follow those of the runs before it, so the order is one over all of them. */
  async #nodes(runIds: readonly string[]): Promise<NodeRun[]> {
    const rows = await this.db
      .selectFrom('node_runs')
      .selectAll()
      .where('run_id', 'in', runIds)
      .orderBy('ended_as')
      .execute();
    return rows.map(nodeRunOf);
  }

  async #globals(runIds: readonly string[]): Promise<GlobalOutput[]> {
    if (runIds.length === 0) return [];
    const rows = await this.db
      .selectFrom('node_runs')
      .select(['run_id', 'node_id', 'output'])
      .where('run_id', 'in', runIds)
      .where('is_global', '=', 1)
      .orderBy('ended_as')
      .execute();
    const byRun = Map.groupBy(rows, ({ run_id }) => run_id);
    return runIds.flatMap((id) =>
      (byRun.get(id) ?? []).map(({ node_id, output }) => ({
        id: node_id,
        text: JSON.parse(output) as string,
      })),
    );
  }
}

function nodeRunOf(row: Selectable<NodeRunTable>): NodeRun {
  return {
    nodeRunId: row.node_run_id,
    nodeId: row.node_id,
    startedAfter: row.started_after,
    output: JSON.parse(row.output) as string,
    isGlobal: row.is_global === 1,
    ...(row.choice !== null && { choice: JSON.parse(row.choice) as Choice }),
    ...(row.file_name !== null && { fileName: row.file_name }),
  };
}
