import { Injectable } from '@nestjs/common';
import type { Owner } from '../auth/owner.js';
import { ModelRegistry } from '../model/model-registry.js';
import { MillraceError } from '../protocol/error-code.js';
import { graphName, type GraphConfig } from '../protocol/graph.js';
import { McpRegistry } from '../tools/mcp/mcp-registry.js';
import { graphFaults, type GraphFault, type GraphWorld } from './graph-faults.js';
import { graphNotFound, subgraphsOf, type GraphToSave, type StoredGraph } from './graph-rows.js';
import { GraphStore } from './graph.store.js';

/** Graphs, checked against each other and against the models and MCP servers that there are. */
@Injectable()
export class GraphService {
  constructor(
    private readonly store: GraphStore,
    private readonly models: ModelRegistry,
    private readonly servers: McpRegistry,
  ) {}

  /** Throws `graph_not_found`. */
  async find(owner: Owner, name: string): Promise<StoredGraph> {
    // What can be no graph's name is never asked of the database.
    const found = isName(name) && (await this.store.find(owner, name));
    if (!found) throw graphNotFound(name.toWellFormed());
    return found;
  }

  /** A graph with all the graphs inside of it, by their names. Throws `graph_not_found`. */
  async findWhole(owner: Owner, name: string): Promise<Map<string, GraphConfig>> {
    const graphs = isName(name) ? await this.store.withSubgraphs(owner, [name]) : undefined;
    if (!graphs?.has(name)) throw graphNotFound(name.toWellFormed());
    return graphs;
  }

  /** Stores graphs that belong together. Throws `invalid_graph`, and `graph_exists` where none may be replaced. */
  async save(owner: Owner, graphs: readonly GraphToSave[], mayReplace: boolean): Promise<void> {
    throwIfInvalid(
      await this.faults(
        owner,
        graphs.map(({ config }) => config),
      ),
    );
    await this.store.save(owner, graphs, { mayReplace, now: Date.now() });
  }

  /** What is wrong with graphs that would be saved together. */
  async faults(owner: Owner, graphs: readonly GraphConfig[]): Promise<GraphFault[]> {
    const stored = await this.store.withSubgraphs(owner, graphs.flatMap(subgraphsOf));
    return this.faultsAmong(
      new Map([...stored, ...graphs.map((graph) => [graph.name, graph] as const)]),
      graphs,
    );
  }

  /** What is wrong with some of `all`, which refer to nothing else. */
  faultsAmong(
    all: ReadonlyMap<string, GraphConfig>,
    graphs: Iterable<GraphConfig> = all.values(),
  ): GraphFault[] {
    const world: GraphWorld = {
      graph: (name) => all.get(name),
      hasModel: (name) => this.models.has(name),
      hasServer: (name) => this.servers.get(name) !== undefined,
    };
    return [...graphs].flatMap((graph) => graphFaults(graph, world));
  }
}

function isName(name: string): boolean {
  return graphName.safeParse(name).success;
}

/** The problem lists every fault, with its graph, node and field. */
export function throwIfInvalid(faults: readonly GraphFault[]): void {
  if (faults.length === 0) return;
  throw new MillraceError('invalid_graph', {
    detail: `图配置无效: ${faults.map(({ message }) => message).join('; ')}`,
    members: { errors: faults.map(asProblemEntry) },
  });
}

/** In the members that `errors` of other problems have (docs/errors.md), and `graph` and `node`. */
export function asProblemEntry({ code, loc, message, graph, node }: GraphFault) {
  return { type: code, loc, msg: message, graph, node };
}
