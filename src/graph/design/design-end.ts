import { END_DESIGN } from '../../protocol/graph-design.js';
import { graphConfig, type GraphConfig } from '../../protocol/graph.js';
import type { DesignFault, RunEventBody } from '../../protocol/run-event.js';
import type { GraphFault } from '../graph-faults.js';
import type { Dialogue } from './design-dialogue.js';
import { graphOf, missingFields, readmeOf } from './design.js';

type Incomplete = Extract<RunEventBody, { type: 'design.incomplete' }>;

/** What the end of a design may ask and do outside. */
export interface DesignWorld {
  /** What is wrong with a graph besides its schema. */
  faults(graph: GraphConfig): Promise<GraphFault[]>;
  /** The graph of this name, where there is one. */
  find(name: string): Promise<{ config: GraphConfig; readme: string } | undefined>;
  /** Stores the graph; `readme` only where it has none. */
  save(graph: GraphConfig, readme: string | undefined): Promise<void>;
}

/**
 * The end of a design (contract/seed.md §5): a whole graph that can run is stored, and one that cannot is told with all that is missing or
 * wrong. A graph of the same name is replaced when it is the one that this dialogue began with or stored, as it knows it; another one only
 * with `overwrite` (D-67).
 */
export async function endDesign(
  { design, own }: Dialogue,
  overwrite: boolean,
  world: DesignWorld,
): Promise<RunEventBody> {
  const missing = missingFields(design);
  if (missing.length > 0)
    return incomplete('missing', `图设计尚未完成，缺少: ${missing.join(', ')}`, { missing_fields: missing });
  const parsed = graphConfig.safeParse(graphOf(design));
  if (!parsed.success) return invalid(schemaFaults(parsed.error.issues, design.nodes));
  const graph = parsed.data;
  const faults = await world.faults(graph);
  if (faults.length > 0)
    return invalid(faults.map(({ code, loc, message, node }) => ({ type: code, loc, msg: message, node })));
  const stored = await world.find(graph.name);
  const isOwn = (config: GraphConfig) => own.some((one) => JSON.stringify(one) === JSON.stringify(config));
  if (stored && !overwrite && !isOwn(stored.config))
    return incomplete(
      'exists',
      `图 '${graph.name}' 已存在，内容与此对话中的不同。请确认替换（overwrite），或让模型改用其他名称后再发送 ${END_DESIGN}`,
      { graph_name: graph.name },
    );
  await world.save(graph, stored?.readme ? undefined : readmeOf(design));
  return { type: 'design.completed', graph_name: graph.name, message: `图 '${graph.name}' 生成完成！` };
}

function incomplete(
  reason: Incomplete['reason'],
  message: string,
  more: Partial<Pick<Incomplete, 'missing_fields' | 'faults' | 'graph_name'>>,
): Incomplete {
  return { type: 'design.incomplete', reason, message, missing_fields: [], ...more };
}

function invalid(faults: DesignFault[]): Incomplete {
  return incomplete('invalid', `图配置无效: ${faults.map(({ msg }) => msg).join('; ')}`, { faults });
}

interface Issue {
  code?: string;
  message: string;
  path: readonly PropertyKey[];
}

/** In the words of the schema, with the node that they are about. */
function schemaFaults(issues: readonly Issue[], nodes: readonly { name: string }[]): DesignFault[] {
  return issues.map(({ code = 'invalid', message, path }) => {
    const loc = path.map(String);
    const node = loc[0] === 'nodes' && loc[1] !== undefined ? (nodes[Number(loc[1])]?.name ?? null) : null;
    const field = loc.slice(node === null ? 0 : 2).join('.');
    const where = node === null ? field : `节点 '${node}'${field && ` ${field}`}`;
    return { type: code, loc, msg: where === '' ? message : `${where}: ${message}`, node };
  });
}
